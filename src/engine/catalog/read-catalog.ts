import type { CommitId, GitObjects, GitTreeEntry, ObjectId } from '../../adapters/git/git.ts';
import type { AllowListState } from '../../model/allow-list-record.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import type { ImageBuildRun, ImageState, SandboxImage } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Shape } from '../../model/shape.ts';
import type { Envelope } from '../attest/dsse.ts';
import type { ReadHead } from './head.ts';
import { readHeadAt } from './next-head.ts';
import { parseAttestations } from './parse-attestations.ts';
import { parseRecord, recordLimitBytes } from './parse-record.ts';
import {
  allowListsFolder,
  attestationsPath,
  imageRecordPath,
  imageStatePath,
  packageLockPath,
  parseCatalogPath,
  runPath,
} from './paths.ts';
import { readAllowListState } from './read-allow-list.ts';
import { imageStateShape, packageLockShape, runRecordShape, sandboxImageShape } from './record-shapes.ts';

/**
 * Records of one commit's catalog, read when they are asked for and checked for their shape and their place; what they
 * prove is the question of `verifyCatalog`. A name or version that no path can hold is a bug of the caller and throws.
 */
export interface CatalogRecords {
  /** Absent where there is no commit yet. */
  readonly commit: CommitId | undefined;
  image(name: string, version: string): Promise<Result<SandboxImage>>;
  /** Nothing where the image adds no packages. */
  lock(name: string, version: string): Promise<Result<PackageLock | undefined>>;
  attestations(name: string, version: string): Promise<Result<readonly Envelope[]>>;
  run(id: string): Promise<Result<ImageBuildRun>>;
  /** Ids of all runs, oldest first. */
  runs(): Promise<Result<readonly string[]>>;
}

/** The catalog of one commit: the head and every image's state at once, the rest when it is asked for. */
export interface Catalog extends CatalogRecords {
  readonly head: ReadHead | undefined;
  /** By image name. */
  readonly images: ReadonlyMap<string, ImageState>;
  /** State of every allow-list, by name. */
  readonly allowLists: ReadonlyMap<string, AllowListState>;
  /** Versions that have a record, by image name; unsorted. */
  readonly versions: ReadonlyMap<string, readonly string[]>;
}

/** Opens the catalog of a commit. Fails with all malformed states and heads in one go (SK8031, SK8050, SK8053). */
export async function readCatalog(git: GitObjects, commit: CommitId | undefined): Promise<Result<Catalog>> {
  const listed =
    commit === undefined ? success([]) : await git.listTree(commit, ['catalog/images', allowListsFolder]);
  if (!listed.ok) {
    return listed;
  }
  const head = await readHeadAt(git, commit);
  const states = await readStates(git, listed.value);
  const lists = await readListStates(git, commit, listed.value);
  if (!head.ok || !states.ok || !lists.ok) {
    return failure(
      ...(head.ok ? [] : head.diagnostics),
      ...(states.ok ? [] : states.diagnostics),
      ...(lists.ok ? [] : lists.diagnostics),
    );
  }
  return success({
    ...catalogRecords(git, commit),
    head: head.value,
    images: states.value,
    allowLists: lists.value,
    versions: versionsByName(listed.value),
  });
}

/** The records of a commit's catalog; reads nothing yet. */
export function catalogRecords(git: GitObjects, commit: CommitId | undefined): CatalogRecords {
  const record = <Value extends object>(path: string, shape: Shape<Value>): Promise<Result<Value>> =>
    readRecordAt(git, commit, path, shape);
  return {
    commit,
    async image(name, version) {
      const image = await record(imageRecordPath(name, version), sandboxImageShape);
      return image.ok && (image.value.name !== name || image.value.version !== version)
        ? misplaced(imageRecordPath(name, version), `${image.value.name} ${image.value.version}`)
        : image;
    },
    async lock(name, version) {
      const path = packageLockPath(name, version);
      const blob = commit === undefined ? undefined : await git.objectAt(commit, path);
      return blob === undefined ? success(undefined) : record(path, packageLockShape);
    },
    async attestations(name, version) {
      const path = attestationsPath(name, version);
      const bytes = await readFileAt(git, commit, path);
      return bytes.ok ? parseAttestations(bytes.value, path) : bytes;
    },
    async run(id) {
      const run = await record(runPath(id), runRecordShape);
      return run.ok && run.value.id !== id ? misplaced(runPath(id), run.value.id) : run;
    },
    async runs() {
      const rows = commit === undefined ? success([]) : await git.listTree(commit, ['catalog/runs']);
      return rows.ok ? success(rows.value.flatMap((row) => runOf(row.path)).sort()) : rows;
    },
  };
}

/** The state of an image from the blob of its `state.json`. */
export async function readImageState(
  git: Pick<GitObjects, 'readBlob'>,
  name: string,
  blob: ObjectId,
): Promise<Result<ImageState>> {
  const path = imageStatePath(name);
  const bytes = await git.readBlob(blob, recordLimitBytes);
  const state = bytes.ok ? parseRecord(bytes.value, imageStateShape, path) : bytes;
  return state.ok && state.value.name !== name ? misplaced(path, state.value.name) : state;
}

async function readStates(
  git: GitObjects,
  rows: readonly GitTreeEntry[],
): Promise<Result<ReadonlyMap<string, ImageState>>> {
  const places = rows.flatMap((row) => {
    const path = parseCatalogPath(row.path);
    return path?.holds === 'image-state' ? [{ name: path.name, row }] : [];
  });
  const states = await Promise.all(places.map(({ name, row }) => readImageState(git, name, row.id)));
  const problems = states.flatMap((state) => (state.ok ? [] : state.diagnostics));
  if (problems.length > 0) {
    return failure(...problems);
  }
  return success(new Map(states.flatMap((state) => (state.ok ? [[state.value.name, state.value]] : []))));
}

async function readListStates(
  git: GitObjects,
  commit: CommitId | undefined,
  rows: readonly GitTreeEntry[],
): Promise<Result<ReadonlyMap<string, AllowListState>>> {
  const names = rows.flatMap(({ path }) => {
    const place = parseCatalogPath(path);
    return place?.holds === 'allow-list-state' ? [place.name] : [];
  });
  const read = await Promise.all(names.map((name) => readAllowListState(git, commit, name)));
  const problems = read.flatMap((state) => (state.ok ? [] : state.diagnostics));
  return problems.length > 0
    ? failure(...problems)
    : success(
        new Map(
          read.flatMap((state) =>
            state.ok && state.value !== undefined ? [[state.value.name, state.value]] : [],
          ),
        ),
      );
}

function versionsByName(rows: readonly GitTreeEntry[]): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const row of rows) {
    const path = parseCatalogPath(row.path);
    if (path?.holds === 'image') {
      const known = versions.get(path.name) ?? [];
      known.push(path.version);
      versions.set(path.name, known);
    }
  }
  return versions;
}

async function readRecordAt<Value extends object>(
  git: GitObjects,
  commit: CommitId | undefined,
  path: string,
  shape: Shape<Value>,
): Promise<Result<Value>> {
  const bytes = await readFileAt(git, commit, path);
  return bytes.ok ? parseRecord(bytes.value, shape, path) : bytes;
}

async function readFileAt(
  git: GitObjects,
  commit: CommitId | undefined,
  path: string,
): Promise<Result<Uint8Array>> {
  const blob = commit === undefined ? undefined : await git.objectAt(commit, path);
  if (blob === undefined) {
    return failure({
      code: 'SK8054',
      severity: 'error',
      message: `${path} is not in the catalog`,
      hint: 'look for the name and version with `sandkiln get`, or check the catalog with `sandkiln verify`',
      place: { file: path },
    });
  }
  return git.readBlob(blob, recordLimitBytes);
}

function misplaced(file: string, is: string): Result<never> {
  return failure({
    code: 'SK8053',
    severity: 'error',
    message: `${file} holds the record of ${is}`,
    hint: 'restore the file from the commit that wrote it',
    place: { file },
  });
}

function runOf(path: string): readonly string[] {
  const parsed = parseCatalogPath(path);
  return parsed?.holds === 'run' ? [parsed.run] : [];
}
