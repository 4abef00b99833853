import type { Memo } from '../adapters/memo/memo.ts';
import { openMemo, type Workspace } from '../compose.ts';
import { digestOfBytes, hexOf } from '../model/digest.ts';

/**
 * Remembers how far a branch was verified, so that its next walk starts there and a rewritten history is noticed.
 * Nothing for a commit that is no branch's tip, whose history need not contain what was verified.
 */
export async function verifiedPrefixMemo(
  workspace: Workspace,
  branch: string | undefined,
): Promise<{ readonly prefix?: Memo }> {
  return branch === undefined
    ? {}
    : { prefix: await openMemo(workspace, `verified-${hexOf(digestOfBytes(branch)).slice(0, 16)}`) };
}
