import type { CommitId, GitRepository, NewCommit } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { readTrustFiles } from '../trust/read-trust.ts';

export interface BeginCatalogOptions {
  readonly git: GitRepository;
  /** The commit of the desired state, whose trust files count. */
  readonly desired: CommitId;
  readonly author: NewCommit['author'];
  readonly sign: NonNullable<NewCommit['sign']>;
}

/**
 * The commit that the next records stand on, on a branch that holds the catalog alone. It has the trust files of the
 * desired state, since the keys of a commit are judged by the trust before it: where the tip lacks some of them, or
 * there is no tip, a commit that brings them comes first. Files that are there already stay as they are. The same tip
 * and desired state give the same commit.
 */
export async function beginCatalog(
  options: BeginCatalogOptions,
  tip: CommitId | undefined,
): Promise<Result<CommitId>> {
  const { git, desired } = options;
  const wanted = await readTrustFiles(git, desired);
  if (!wanted.ok) {
    return wanted;
  }
  const there = tip === undefined ? success(new Map<number, Uint8Array>()) : await readTrustFiles(git, tip);
  if (!there.ok) {
    return there;
  }
  const missing = [...wanted.value].filter(([version]) => !there.value.has(version));
  if (tip !== undefined && missing.length === 0) {
    return success(tip);
  }
  const from = await git.readCommit(desired);
  if (!from.ok) {
    return from;
  }
  const commit = await git.writeCommit({
    parent: tip,
    changes: new Map(missing.map(([version, bytes]) => [`trust/${version}.json`, bytes])),
    message: `${tip === undefined ? 'catalog: begin' : 'catalog: bring the trust'}\n\nSandkiln-Trust-From: ${desired}\n`,
    author: options.author,
    at: from.value.committedAt,
    sign: options.sign,
  });
  if (!commit.ok) {
    return commit;
  }
  if (commit.value === undefined) {
    throw new TypeError('a catalog cannot begin without a trust: the key was checked against it');
  }
  return success(commit.value);
}
