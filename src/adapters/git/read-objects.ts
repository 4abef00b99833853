import { type Failure, type Result, success } from '../../model/result.ts';
import type { CatFile, ObjectReply } from './cat-file.ts';
import { parseCommit } from './commit-object.ts';
import type { CommitId, GitCommit, ObjectId } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { missingObject } from './missing-object.ts';
import { parseTree, type TreeEntry } from './tree-object.ts';

/** A commit object, parsed. */
export async function readCommit(
  place: GitPlace,
  catFile: CatFile,
  id: CommitId,
): Promise<Result<GitCommit>> {
  const reply = await catFile.contents(id);
  if (reply.status !== 'found') {
    return notThere(id, reply, place);
  }
  const commit = reply.type === 'commit' ? parseCommit(id, reply.bytes, place.objectFormat) : undefined;
  return commit === undefined
    ? gitFailure(`reading commit ${id}`, { stderr: `it is a ${reply.type} that cannot be read as a commit` })
    : success(commit);
}

/** The entries of a tree object, in git's order. */
export async function readTree(
  place: GitPlace,
  catFile: CatFile,
  id: ObjectId,
): Promise<Result<readonly TreeEntry[]>> {
  const reply = await catFile.contents(id);
  return reply.status === 'found' && reply.type === 'tree'
    ? success(parseTree(reply.bytes, place.objectFormat))
    : notThere(id, reply, place);
}

/** What went wrong where an object that must be there was not given. */
export async function notThere(id: string, reply: ObjectReply, place: GitPlace): Promise<Failure> {
  // Git ends with this sentence where a partial clone has not got an object, since no remote may be asked for it.
  return reply.status === 'ended' && !/could not fetch/i.test(reply.stderr)
    ? gitFailure(`reading object ${id}`, reply)
    : missingObject(id, place);
}
