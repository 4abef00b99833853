import { type Failure, failure, type Result, success } from '../../model/result.ts';
import type { CatFile, ObjectReply } from './cat-file.ts';
import { parseCommit } from './commit-object.ts';
import type { CommitId, GitCommit, GitFolderRow, GitObjects, ObjectId } from './git.ts';
import { firstComplaint, gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { listTree } from './list-tree.ts';
import { missingObject } from './missing-object.ts';
import { asCommitId, asObjectId } from './object-format.ts';
import { parseTree, type TreeEntry, treeMode } from './tree-object.ts';

/** The reading half of the port. Everything but tree listings and history is answered by one `cat-file`. */
export function createObjects(place: GitPlace, catFile: CatFile): GitObjects {
  return {
    async resolveCommit(revision) {
      if (revision === '' || revision.startsWith('-') || /[\u0000-\u001f\u007f]/.test(revision)) {
        return failure({
          code: 'SK2007',
          severity: 'error',
          message: `revision ${JSON.stringify(revision)} is refused`,
          hint: 'name a branch, a tag or a commit; it must not start with "-" nor hold control characters',
          failure: 'stalled',
        });
      }
      const reply = await catFile.info(`${revision}^{commit}`);
      if (reply.status === 'found') {
        return success(asCommitId(reply.id));
      }
      return unresolved(revision, reply, catFile);
    },

    async head() {
      const [symbolic, reply] = await Promise.all([
        place.run('read', ['symbolic-ref', '--quiet', 'HEAD']),
        catFile.info('HEAD^{commit}'),
      ]);
      const branch = symbolic.exitCode === 0 ? symbolic.stdout.toString().trim() : undefined;
      return {
        ...(branch === undefined ? {} : { branch }),
        ...(reply.status === 'found' ? { commit: asCommitId(reply.id) } : {}),
      };
    },

    listTree: (commit, paths) => listTree(place, commit, paths),

    async objectAt(commit, path) {
      const reply = await catFile.info(path === '' ? `${commit}^{tree}` : `${commit}:${path}`);
      return reply.status === 'found' ? asObjectId(reply.id) : undefined;
    },

    async readFolder(tree) {
      const entries = await readTree(place, catFile, tree);
      return entries.ok ? success(entries.value.map(folderRow)) : entries;
    },

    async isAncestor(ancestor, commit) {
      const outcome = await place.run('read', [
        'merge-base',
        '--is-ancestor',
        '--end-of-options',
        ancestor,
        commit,
      ]);
      return outcome.exitCode === 0;
    },

    readBlob: (id, limitBytes) => readBlob(place, catFile, id, limitBytes),
    readCommit: (id) => readCommit(place, catFile, id),

    async firstParents(tip, options = {}) {
      const listed = await listFirstParents(place, tip, options);
      if (!listed.ok || !place.isShallow || listed.value.stopped !== 'root') {
        return listed.ok ? success(listed.value.commits) : listed;
      }
      // Git takes the edge of a shallow clone for a root; the commit object itself still names the parents.
      const last = listed.value.commits.at(-1);
      const oldest = last === undefined ? undefined : await readCommit(place, catFile, last);
      if (oldest?.ok && oldest.value.parents[0] !== undefined) {
        return missingObject(oldest.value.parents[0], place);
      }
      return success(listed.value.commits);
    },
  };
}

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
async function notThere(id: string, reply: ObjectReply, place: GitPlace): Promise<Failure> {
  // Git ends with this sentence where a partial clone has not got an object, since no remote may be asked for it.
  return reply.status === 'ended' && !/could not fetch/i.test(reply.stderr)
    ? gitFailure(`reading object ${id}`, reply)
    : missingObject(id, place);
}

async function readBlob(
  place: GitPlace,
  catFile: CatFile,
  id: ObjectId,
  limitBytes: number,
): Promise<Result<Uint8Array>> {
  // Two questions, so that an object beyond the limit is never sent.
  const known = await catFile.info(id);
  if (known.status === 'found' && known.sizeBytes > limitBytes) {
    return failure({
      code: 'SK2010',
      severity: 'error',
      message: `object ${id} has ${known.sizeBytes} bytes, more than the ${limitBytes} that are read`,
      hint: 'make the file smaller',
      failure: 'stalled',
    });
  }
  const reply = known.status === 'found' ? await catFile.contents(id) : known;
  if (reply.status !== 'found') {
    return notThere(id, reply, place);
  }
  return reply.type === 'blob'
    ? success(reply.bytes)
    : gitFailure(`reading object ${id}`, { stderr: `it is a ${reply.type}, not a file` });
}

/** Names that are no UTF-8 get replacement characters; modes get the leading zero that `ls-tree` shows. */
function folderRow(entry: TreeEntry): GitFolderRow {
  return {
    name: Buffer.from(entry.name, 'latin1').toString('utf8'),
    mode: entry.mode === treeMode ? `0${treeMode}` : entry.mode,
    id: entry.id,
  };
}

async function unresolved(revision: string, reply: ObjectReply, catFile: CatFile): Promise<Failure> {
  if (reply.status === 'ended') {
    return gitFailure(`looking for revision ${revision}`, reply);
  }
  const [head, itself] = await Promise.all([catFile.info('HEAD'), catFile.info(revision)]);
  if (head.status !== 'found' && revision === 'HEAD') {
    return failure({
      code: 'SK2005',
      severity: 'error',
      message: 'the repository has no commits on its current branch',
      hint: 'make the first commit ("git add . && git commit"), or name another revision with --ref',
      failure: 'stalled',
    });
  }
  return failure({
    code: itself.status === 'ambiguous' ? 'SK2008' : 'SK2006',
    severity: 'error',
    message:
      itself.status === 'ambiguous'
        ? `revision ${JSON.stringify(revision)} fits more than one object`
        : `revision ${JSON.stringify(revision)} names no commit of this repository`,
    hint: 'name a branch, a tag, or a full commit id; fetch it first if it is new',
    failure: 'stalled',
  });
}

interface FirstParents {
  readonly commits: readonly CommitId[];
  readonly stopped: 'until' | 'limit' | 'root';
}

async function listFirstParents(
  place: GitPlace,
  tip: CommitId,
  options: { readonly until?: CommitId; readonly limit?: number },
): Promise<Result<FirstParents>> {
  const { until, limit } = options;
  const lines: string[] = [];
  let rest = '';
  const outcome = await place.run(
    'read',
    [
      'rev-list',
      '--first-parent',
      ...(limit === undefined ? [] : [`--max-count=${limit}`]),
      '--end-of-options',
      tip,
    ],
    {
      enough(piece) {
        const added = (rest + piece.toString('latin1')).split('\n');
        rest = added.pop() ?? '';
        lines.push(...added);
        return until !== undefined && added.includes(until);
      },
    },
  );
  const end = until === undefined ? -1 : lines.indexOf(until);
  if (end !== -1) {
    return success({ commits: lines.slice(0, end).map(asCommitId), stopped: 'until' });
  }
  if (outcome.exitCode !== 0) {
    return /missing|bad object|could not (?:read|fetch)|parse commit/i.test(outcome.stderr)
      ? missingObject(/[0-9a-f]{40,64}/.exec(firstComplaint(outcome.stderr))?.[0] ?? tip, place)
      : gitFailure(`reading the history of ${tip}`, outcome);
  }
  return success({ commits: lines.map(asCommitId), stopped: lines.length === limit ? 'limit' : 'root' });
}
