import { type Failure, failure, type Result, success } from '../../model/result.ts';
import type { CatFile, ObjectReply } from './cat-file.ts';
import { firstParents } from './first-parents.ts';
import type { GitFolderRow, GitObjects, ObjectId } from './git.ts';
import { gitFailure } from './git-failure.ts';
import type { GitPlace } from './git-place.ts';
import { isAncestor } from './is-ancestor.ts';
import { listTree } from './list-tree.ts';
import { asCommitId, asObjectId } from './object-format.ts';
import { notThere, readCommit, readTree } from './read-objects.ts';
import { type TreeEntry, treeMode } from './tree-object.ts';

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

    isAncestor: (ancestor, commit) => isAncestor(place, catFile, ancestor, commit),
    readBlob: (id, limitBytes) => readBlob(place, catFile, id, limitBytes),
    readCommit: (id) => readCommit(place, catFile, id),

    firstParents: (tip, options = {}) => firstParents(place, catFile, tip, options),
  };
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
    name: asciiPattern.test(entry.name) ? entry.name : Buffer.from(entry.name, 'latin1').toString('utf8'),
    mode: entry.mode === treeMode ? `0${treeMode}` : entry.mode,
    id: entry.id,
  };
}

/** Nearly every name: the same text in both encodings. */
const asciiPattern = /^[\u0020-\u007e]+$/;

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
