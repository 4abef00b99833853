import { digestOfBytes, hexOf } from '../../model/digest.ts';

/** The one folder that only the engine writes to. */
export const catalogFolder = 'catalog';
export const headPath = 'catalog/head.json';
export const allowListsFolder = 'catalog/allow-lists';

const namePattern = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const versionPattern = '[0-9A-Za-z][0-9A-Za-z.-]{0,63}\\+[1-9][0-9]{0,8}';
const runPattern = '(\\d{4})(\\d{2})(\\d{2})T\\d{6}Z-[0-9a-f]{8}';

const isName = new RegExp(`^${namePattern}$`);
const isVersion = new RegExp(`^${versionPattern}$`);
const isRun = new RegExp(`^${runPattern}$`);
const statePath = new RegExp(`^catalog/images/[0-9a-f]{2}/(${namePattern})/state\\.json$`);
const versionPath = new RegExp(
  `^catalog/images/[0-9a-f]{2}/(${namePattern})/(${versionPattern})/(image\\.json|packages\\.lock\\.json|attestations\\.intoto\\.jsonl)$`,
);
const listStatePath = new RegExp(`^catalog/allow-lists/[0-9a-f]{2}/(${namePattern})/state\\.json$`);
const revisionPathPattern = new RegExp(
  `^catalog/allow-lists/[0-9a-f]{2}/(${namePattern})/revisions/\\d{3}/(\\d{6})\\.(yaml|intoto\\.jsonl)$`,
);
const runRecordPath = new RegExp(`^catalog/runs/\\d{4}/\\d{2}/\\d{2}/(${runPattern})\\.json$`);

/** Folder of an image: `catalog/images/<hh>/<name>`, `hh` being the first two hex digits of the name's SHA-256. */
export function imageFolder(name: string): string {
  if (!isName.test(name)) {
    throw new TypeError(`not a resource name: ${JSON.stringify(name)}`);
  }
  return `catalog/images/${hexOf(digestOfBytes(name)).slice(0, 2)}/${name}`;
}

/** Folder of an allow-list: `catalog/allow-lists/<hh>/<name>`. */
export function allowListFolder(name: string): string {
  if (!isName.test(name)) {
    throw new TypeError(`not a resource name: ${JSON.stringify(name)}`);
  }
  return `${allowListsFolder}/${hexOf(digestOfBytes(name)).slice(0, 2)}/${name}`;
}

export function allowListStatePath(name: string): string {
  return `${allowListFolder(name)}/state.json`;
}

/** A revision's file, `revisions/000/000012.yaml`: a thousand of them a folder. */
export function revisionPath(name: string, revision: number): string {
  return `${revisionStem(name, revision)}.yaml`;
}

/** The attestation of a revision, beside it. */
export function revisionAttestationPath(name: string, revision: number): string {
  return `${revisionStem(name, revision)}.intoto.jsonl`;
}

function revisionStem(name: string, revision: number): string {
  if (!isRevision(revision)) {
    throw new TypeError(`not a revision: ${revision}`);
  }
  const number = String(revision).padStart(6, '0');
  return `${allowListFolder(name)}/revisions/${number.slice(0, 3)}/${number}`;
}

export function imageStatePath(name: string): string {
  return `${imageFolder(name)}/state.json`;
}

/** Folder of one version, `<spec version>+<build>`. */
export function imageVersionFolder(name: string, version: string): string {
  if (!isVersion.test(version)) {
    throw new TypeError(`not an image version: ${JSON.stringify(version)}`);
  }
  return `${imageFolder(name)}/${version}`;
}

export function imageRecordPath(name: string, version: string): string {
  return `${imageVersionFolder(name, version)}/image.json`;
}

export function packageLockPath(name: string, version: string): string {
  return `${imageVersionFolder(name, version)}/packages.lock.json`;
}

export function attestationsPath(name: string, version: string): string {
  return `${imageVersionFolder(name, version)}/attestations.intoto.jsonl`;
}

/** `catalog/runs/<yyyy>/<mm>/<dd>/<run id>.json`, by the date in the run id. */
export function runPath(run: string): string {
  const match = isRun.exec(run);
  if (match === null) {
    throw new TypeError(`not a run id: ${JSON.stringify(run)}`);
  }
  return `catalog/runs/${match[1]}/${match[2]}/${match[3]}/${run}.json`;
}

/** For text from records: whether the path functions above take it. */
export function isResourceName(text: unknown): text is string {
  return typeof text === 'string' && isName.test(text);
}

export function isImageVersion(text: unknown): text is string {
  return typeof text === 'string' && isVersion.test(text);
}

/** Revisions have six digits in their path. */
export function isRevision(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= 999_999;
}

export function isRunId(text: unknown): text is string {
  return typeof text === 'string' && isRun.test(text);
}

/** What a path of the catalog holds. */
export type CatalogPath =
  | { readonly holds: 'head' }
  | { readonly holds: 'image-state'; readonly name: string }
  | {
      readonly holds: 'image' | 'package-lock' | 'attestations';
      readonly name: string;
      readonly version: string;
    }
  | { readonly holds: 'allow-list-state'; readonly name: string }
  | {
      readonly holds: 'revision' | 'revision-attestation';
      readonly name: string;
      readonly revision: number;
    }
  | { readonly holds: 'run'; readonly run: string };

/** Reads a path back; nothing where no record belongs there, a wrong `hh` or date included. */
export function parseCatalogPath(path: string): CatalogPath | undefined {
  if (path === headPath) {
    return { holds: 'head' };
  }
  const parsed = match(path);
  return parsed !== undefined && pathOf(parsed) === path ? parsed : undefined;
}

/** Whether a record at this path stays as it is for ever once it is there. */
export function isImmutable(path: string): boolean {
  return versionPath.test(path) || revisionPathPattern.test(path) || runRecordPath.test(path);
}

type RecordPath = Exclude<CatalogPath, { readonly holds: 'head' }>;

function match(path: string): RecordPath | undefined {
  const state = statePath.exec(path)?.[1];
  if (state !== undefined) {
    return { holds: 'image-state', name: state };
  }
  const run = runRecordPath.exec(path)?.[1];
  if (run !== undefined) {
    return { holds: 'run', run };
  }
  const list = listStatePath.exec(path)?.[1];
  if (list !== undefined) {
    return { holds: 'allow-list-state', name: list };
  }
  const [, listName, number, suffix] = revisionPathPattern.exec(path) ?? [];
  if (listName !== undefined) {
    const revision = Number(number);
    const holds = suffix === 'yaml' ? 'revision' : 'revision-attestation';
    return isRevision(revision) ? { holds, name: listName, revision } : undefined;
  }
  const [, name, version, file] = versionPath.exec(path) ?? [];
  if (name === undefined || version === undefined) {
    return undefined;
  }
  const holds =
    file === 'image.json' ? 'image' : file === 'packages.lock.json' ? 'package-lock' : 'attestations';
  return { holds, name, version };
}

function pathOf(path: RecordPath): string {
  switch (path.holds) {
    case 'image-state':
      return imageStatePath(path.name);
    case 'image':
      return imageRecordPath(path.name, path.version);
    case 'package-lock':
      return packageLockPath(path.name, path.version);
    case 'attestations':
      return attestationsPath(path.name, path.version);
    case 'allow-list-state':
      return allowListStatePath(path.name);
    case 'revision':
      return revisionPath(path.name, path.revision);
    case 'revision-attestation':
      return revisionAttestationPath(path.name, path.revision);
    case 'run':
      return runPath(path.run);
    default:
      return path satisfies never;
  }
}
