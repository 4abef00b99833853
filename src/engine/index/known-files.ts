import type { GitObjects } from '../../adapters/git/git.ts';
import { digestOfBytes } from '../../model/digest.ts';
import { type Result, success } from '../../model/result.ts';
import { catalogFolder } from '../catalog/paths.ts';
import type { CheckContext } from '../kind.ts';
import { namedFileLimitBytes } from '../plan/named-files.ts';
import type { Columns, Row } from './columns.ts';
import type { PathEntry, PathReader } from './path-reader.ts';
import type { FileField } from './plan-table.ts';
import { rootName } from './root-entries.ts';

/** The repository files that specs name, as one commit has them. */
export interface KnownFiles {
  /** Looks paths up that were not looked up before. */
  look(paths: Iterable<string>): Promise<Result<void>>;
  /** What was looked up; nothing where there is no file. */
  entryOf(path: string): PathEntry | undefined;
  /** For rules of kinds; what it is asked for and was not looked up is in `missed`. */
  readonly fileAt: CheckContext['file'];
  readonly missed: Set<string>;
  /** Files with the digest of their content, which is read only where no remembered file has the same object. */
  rows(paths: Iterable<string>): Promise<Result<readonly Row<FileField>[]>>;
}

/** Other paths are findings of `SourceTree.sourceFile`. */
export function isReadablePath(path: string): boolean {
  return rootName(path) !== catalogFolder && !/[\u0000\\]/.test(path);
}

export function createKnownFiles(
  git: Pick<GitObjects, 'readBlob'>,
  reader: PathReader,
  remembered: Columns<FileField>,
): KnownFiles {
  const entries = new Map<string, PathEntry | undefined>();
  const missed = new Set<string>();
  let digests: ReadonlyMap<string, string> | undefined;

  return {
    missed,
    entryOf: (path) => entries.get(path),
    fileAt(path) {
      if (!entries.has(path)) {
        missed.add(path);
      }
      const entry = entries.get(path);
      return entry === undefined ? undefined : { mode: entry.mode };
    },
    async look(paths) {
      const unknown = [...new Set(paths)].filter((path) => !entries.has(path));
      const found = await Promise.all(unknown.map((path) => reader.entryAt(path)));
      for (const [index, entry] of found.entries()) {
        if (!entry.ok) {
          return entry;
        }
        const path = unknown[index] ?? '';
        rememberFolders(path);
        if (entry.value !== undefined) {
          entries.set(entry.value.path, entry.value);
        }
        entries.set(path, entry.value?.path === path ? entry.value : undefined);
      }
      missed.clear();
      return success(undefined);
    },
    async rows(paths) {
      const wanted = [...paths].flatMap((path) => entries.get(path) ?? []);
      const rows = await Promise.all(wanted.map(rowOf));
      const failed = rows.find((row) => !row.ok);
      return failed !== undefined && !failed.ok
        ? failed
        : success(rows.flatMap((row) => (row.ok ? [row.value] : [])));
    },
  };

  /** The folders above a path are no files, unless one of them turns out to be. */
  function rememberFolders(path: string): void {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      const folder = path.slice(0, slash);
      if (!entries.has(folder)) {
        entries.set(folder, undefined);
      }
    }
  }

  async function rowOf({ path, mode, id }: PathEntry): Promise<Result<Row<FileField>>> {
    digests ??= digestsById(remembered);
    const known = digests.get(id);
    if (known !== undefined) {
      return success({ path, mode, id, digest: known });
    }
    const bytes = await git.readBlob(id, namedFileLimitBytes);
    return bytes.ok ? success({ path, mode, id, digest: digestOfBytes(bytes.value) }) : bytes;
  }
}

function digestsById(files: Columns<FileField>): ReadonlyMap<string, string> {
  return new Map(files.entries('id').map(([row, id]) => [id, files.cell('digest', row)]));
}
