import { allowListStateShape } from '../../engine/catalog/allow-list-shapes.ts';
import { parseRecord, recordLimitBytes } from '../../engine/catalog/parse-record.ts';
import {
  allowListStatePath,
  imageFolder,
  imageRecordPath,
  imageStatePath,
  isImageVersion,
  revisionPath,
} from '../../engine/catalog/paths.ts';
import { imageStateShape, sandboxImageShape } from '../../engine/catalog/record-shapes.ts';
import { parseRevision } from '../../engine/catalog/revision-file.ts';
import type { RecordTip } from '../../engine/record/recorder.ts';
import type { Digest } from '../../model/digest.ts';
import type { BoundRevision, ImageState, SandboxImage } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import type { Shape } from '../../model/shape.ts';

/** What the tip of the catalog, with the changes that go before, says of one image. */
export interface TipImages {
  readonly state: ImageState | undefined;
  readonly active: SandboxImage | undefined;
  readonly activeVersion: string | null;
  /** Every version that was ever recorded. */
  readonly versions: readonly string[];
  /** Active version of the image's parent, as recorded. */
  readonly parentVersion: string | null;
  /** Its tree; null where no parent is active. */
  readonly parentTree: Digest | null;
  /** The revision of the image's list, as recorded; absent where it has none. */
  readonly allowList: BoundRevision | undefined;
}

/** What the spec of an image names. */
export interface NamedByImage {
  readonly parent?: string | undefined;
  readonly allowList?: string | undefined;
}

/** Reads one image's records at the tip. */
export async function readTipImages(
  tip: RecordTip,
  name: string,
  { parent, allowList }: NamedByImage = {},
): Promise<Result<TipImages>> {
  const state = await readAt(tip, imageStatePath(name), imageStateShape);
  if (!state.ok) {
    return state;
  }
  const activeVersion = state.value?.active ?? null;
  const active =
    activeVersion === null
      ? success(undefined)
      : await readAt(tip, imageRecordPath(name, activeVersion), sandboxImageShape);
  if (!active.ok) {
    return active;
  }
  const parentState =
    parent === undefined ? success(undefined) : await readAt(tip, imageStatePath(parent), imageStateShape);
  if (!parentState.ok) {
    return parentState;
  }
  const parentVersion = parentState.value?.active ?? null;
  const parentImage =
    parent === undefined || parentVersion === null
      ? success(undefined)
      : await readAt(tip, imageRecordPath(parent, parentVersion), sandboxImageShape);
  if (!parentImage.ok) {
    return parentImage;
  }
  const bound = allowList === undefined ? success(undefined) : await revisionAt(tip, allowList);
  if (!bound.ok) {
    return bound;
  }
  const versions = await versionsOf(tip, name);
  return versions.ok
    ? success({
        state: state.value,
        active: active.value,
        activeVersion,
        versions: versions.value,
        parentVersion,
        parentTree: parentImage.value?.tree.digest ?? null,
        allowList: bound.value,
      })
    : versions;
}

/** `<spec version>+<n>`, one more than the greatest build number ever given under that spec version. */
export function nextVersion({ versions }: Pick<TipImages, 'versions'>, specVersion: string): string {
  const builds = versions
    .filter((version) => version.slice(0, version.lastIndexOf('+')) === specVersion)
    .map((version) => Number(version.slice(version.lastIndexOf('+') + 1)));
  return `${specVersion}+${Math.max(0, ...builds) + 1}`;
}

/** The revision of a list that is in force. */
async function revisionAt(tip: RecordTip, name: string): Promise<Result<BoundRevision | undefined>> {
  const state = await readAt(tip, allowListStatePath(name), allowListStateShape);
  if (!state.ok || state.value === undefined) {
    return state.ok ? success(undefined) : state;
  }
  const { revision } = state.value;
  const set = await setAt(tip, revisionPath(name, revision));
  return set.ok ? success({ name, revision, set: set.value }) : set;
}

async function setAt(tip: RecordTip, path: string): Promise<Result<Digest>> {
  const known = tip.sets.get(path);
  if (known !== undefined) {
    return success(known);
  }
  const bytes = await bytesAt(tip, path);
  const revision = bytes.ok ? parseRevision(bytes.value ?? new Uint8Array(), path) : bytes;
  if (!revision.ok) {
    return revision;
  }
  const { digest } = revision.value.set;
  tip.sets.set(path, digest);
  return success(digest);
}

async function readAt<Value extends object>(
  tip: RecordTip,
  path: string,
  shape: Shape<Value>,
): Promise<Result<Value | undefined>> {
  const bytes = await bytesAt(tip, path);
  if (!bytes.ok || bytes.value === undefined) {
    return bytes.ok ? success(undefined) : bytes;
  }
  return parseRecord(bytes.value, shape, path);
}

async function bytesAt(tip: RecordTip, path: string): Promise<Result<Uint8Array | undefined>> {
  const written = tip.written.get(path);
  if (written != null) {
    return success(written);
  }
  const id = await tip.git.objectAt(tip.commit, path);
  return id === undefined ? success(undefined) : tip.git.readBlob(id, recordLimitBytes);
}

async function versionsOf(tip: RecordTip, name: string): Promise<Result<readonly string[]>> {
  const folder = imageFolder(name);
  const listed = await tip.git.listTree(tip.commit, [folder]);
  if (!listed.ok) {
    return listed;
  }
  const names = listed.value.map((entry) => entry.path.slice(folder.length + 1).split('/')[0]);
  return success([...new Set(names)].filter(isImageVersion));
}
