import { join } from 'node:path';
import type { ChangedFile } from './changed-files.ts';
import type { GitPlace } from './git-place.ts';
import { lookAt } from './look-at.ts';
import { nullId } from './object-format.ts';
import { type WorktreeFolder, withoutFilters } from './worktree-folder.ts';

/**
 * Brings changes of files into index and work tree with one reading and one writing of the index, by `git apply
 * --index`: under the lock of the index it checks that each file is in both what it is before the change, byte for byte,
 * or in neither; then it writes the files, then the index. False where anything stood in the way, however small (times
 * of a file alone): then nothing was written.
 */
export async function applyChanges(
  place: GitPlace,
  where: WorktreeFolder,
  changes: readonly ChangedFile[],
): Promise<boolean> {
  const settings = await withoutFilters(place);
  if (!settings.ok || !changes.every((change) => isPlain(change) && isReady(where, change))) {
    return false;
  }
  const applied = await place.run('write', ['apply', '--index', '--whitespace=nowarn', '-'], {
    directory: where.worktree,
    settings: settings.value,
    stdin: changes.map((change) => patchOf(change, nullId(place.objectFormat))).join(''),
  });
  return applied.exitCode === 0;
}

/**
 * What git would look at only when it writes, with some of the files written already. A file that is missing it would
 * bring back instead of taking that for a change.
 */
function isReady({ worktree }: WorktreeFolder, { path, before }: ChangedFile): boolean {
  const folders = path.split('/').slice(0, -1);
  const isWay = folders.every(
    (_, index) => lookAt(join(worktree, ...folders.slice(0, index + 1)))?.isDirectory() !== false,
  );
  return isWay && (lookAt(join(worktree, path)) === undefined) === (before === undefined);
}

/** Links, submodules and modes that change, and names that a patch would have to quote, are left to other ways. */
function isPlain({ path, before, after }: ChangedFile): boolean {
  const modes = [before?.mode ?? after?.mode, after?.mode ?? before?.mode];
  return modes.every((mode) => mode === '100644') && /^[A-Za-z0-9._/+@=,:~-]+$/.test(path);
}

/**
 * A patch without content: git takes it from the object database by the full names, and accepts no other file in its
 * place than the one that is named.
 */
function patchOf({ path, before, after }: ChangedFile, none: string): string {
  const kind =
    before === undefined ? 'new file mode 100644\n' : after === undefined ? 'deleted file mode 100644\n' : '';
  const mode = kind === '' ? ' 100644' : '';
  const names = [
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
  ];
  return [
    `diff --git a/${path} b/${path}`,
    `${kind}index ${before?.id ?? none}..${after?.id ?? none}${mode}`,
    `Binary files ${names.join(' and ')} differ`,
    '',
  ].join('\n');
}
