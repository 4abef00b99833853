import type { Memo } from '../adapters/memo/memo.ts';
import { openMemo, type Workspace } from '../compose.ts';
import { digestOfBytes, hexOf } from '../model/digest.ts';

/**
 * Remembers how far a branch was verified, so that its next walk starts there and a rewritten history is noticed.
 * Nothing for any other commit, whose history need not contain what was verified.
 */
export async function verifiedPrefixMemo(
  workspace: Workspace,
  ref: string | undefined,
): Promise<{ readonly prefix?: Memo }> {
  const { branch } = await workspace.git.head();
  if (ref !== undefined || branch === undefined) {
    return {};
  }
  return { prefix: await openMemo(workspace, `verified-${hexOf(digestOfBytes(branch)).slice(0, 16)}`) };
}
