import type { CommitId } from '../../adapters/git/git.ts';
import type { Memo } from '../../adapters/memo/memo.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Digest } from '../../model/digest.ts';
import {
  countShape,
  digestShape,
  guardShape,
  hasShape,
  literalShape,
  recordShape,
} from '../../model/shape.ts';

/** A commit up to which history was found sound. It saves the walk; it proves nothing about the tip. */
export interface VerifiedPrefix {
  readonly formatVersion: 1;
  readonly commit: CommitId;
  /** Digest of `trust/1.json` that the walk started from. */
  readonly anchor: Digest;
  /** Counter of the head at that commit. */
  readonly counter: number;
}

/** Nothing where the memo is empty or of another form. */
export async function readVerifiedPrefix(memo: Memo): Promise<VerifiedPrefix | undefined> {
  try {
    const value: unknown = JSON.parse((await memo.read()) ?? 'null');
    return hasShape(prefixShape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export async function writeVerifiedPrefix(memo: Memo, prefix: VerifiedPrefix): Promise<void> {
  await memo.write(`${canonicalJson(prefix)}\n`);
}

const prefixShape = recordShape<VerifiedPrefix>({
  formatVersion: literalShape(1),
  commit: guardShape(
    (value): value is CommitId => typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value),
    'a commit',
  ),
  anchor: digestShape,
  counter: countShape,
});
