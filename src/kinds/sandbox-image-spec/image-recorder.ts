import type { FileChanges } from '../../adapters/git/git.ts';
import { isDocument } from '../../engine/attest/document-formats.ts';
import {
  attestationsPath,
  imageRecordPath,
  imageStatePath,
  packageLockPath,
} from '../../engine/catalog/paths.ts';
import { recordBytes } from '../../engine/catalog/record-bytes.ts';
import type {
  PreparedRecord,
  RecordContext,
  RecordedChange,
  RecorderOfKind,
  RecordTip,
  RunRow,
} from '../../engine/record/recorder.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes } from '../../model/digest.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import type { BuildArtifact, ImageInputs, ImageState, RunImage, SandboxImage } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';
import { readLock, type SignedImage, signImage } from './image-attestations.ts';
import { changeOutcome, type ImageEvidence, runActions } from './image-evidence.ts';
import { packageRequest, packageRequestDigest } from './package-request.ts';
import { resolvedImage } from './resolved-image.ts';
import { type NamedByImage, nextVersion, readTipImages, type TipImages } from './tip-images.ts';

/** Records of images: the image itself, its state, or the failure that keeps the previous one active. */
export const imageRecorder: RecorderOfKind = { kind: 'SandboxImageSpec', prepare };

async function prepare(result: ChangeResult, context: RecordContext): Promise<Result<PreparedRecord>> {
  if (result.change.type === 'retire') {
    return success({ at: (tip) => withTip(tip, result, (images) => retire(result, images)) });
  }
  const outcome = changeOutcome(result);
  if (outcome.status === 'failed') {
    return success({
      at: (tip) =>
        withTip(tip, result, (images) => recordFailure(result, outcome.diagnostics, images, context)),
    });
  }
  if (outcome.status === 'not-needed') {
    return success({ at: (tip) => withTip(tip, result, (images) => recordRevision(result, images)) });
  }
  if (outcome.status !== 'succeeded') {
    const diagnostics = outcome.status === 'superseded' ? [noLongerWanted(result, outcome.by)] : [];
    const image = runImage(result, outcome.status, null, diagnostics);
    return success({ at: async () => success({ files: new Map(), row: imageRow(image) }) });
  }
  const { evidence } = outcome;
  const lock = await readLock(evidence, context);
  if (!lock.ok) {
    return lock;
  }
  const signed = await signImage(result, evidence, lock.value, context);
  if (!signed.ok) {
    return signed;
  }
  return success({
    at: (tip) =>
      withTip(tip, result, (images) =>
        standsOnActiveParent(evidence, images)
          ? recordImage(result, evidence, lock.value, signed.value, images, context)
          : { files: new Map(), row: imageRow(runImage(result, 'superseded', images.activeVersion)) },
      ),
  });
}

function noLongerWanted({ change }: ChangeResult, by: string): Diagnostic {
  return {
    code: 'SK3014',
    severity: 'note',
    message: `${change.resource.name} was left unfinished: commit ${by.slice(0, 12)} asks for something else`,
    hint: 'the next reconcile builds what that commit asks for',
  };
}

async function withTip(
  tip: RecordTip,
  result: ChangeResult,
  record: (images: TipImages) => RecordedChange,
): Promise<Result<RecordedChange>> {
  const images = await readTipImages(tip, result.change.resource.name, namedBy(result));
  if (!images.ok) {
    return images;
  }
  // Somebody recorded a newer image while this one was built.
  return images.value.activeVersion === result.change.from
    ? success(record(images.value))
    : success({
        files: new Map(),
        row: imageRow(runImage(result, 'superseded', images.value.activeVersion)),
      });
}

function namedBy({ change, resource }: ChangeResult): NamedByImage {
  if (resource === null) {
    return {};
  }
  const { from, allowList } = resolvedImage({ identity: change.resource, spec: resource.spec });
  return { parent: from, allowList };
}

/** False where somebody recorded another parent while this image was built on the one before. */
function standsOnActiveParent({ lineage }: ImageEvidence, { parentTree }: TipImages): boolean {
  return (lineage.at(-1)?.tree.digest ?? null) === parentTree;
}

function recordImage(
  result: ChangeResult,
  evidence: ImageEvidence,
  lock: PackageLock | null,
  signed: SignedImage,
  images: TipImages,
  context: RecordContext,
): RecordedChange {
  const { name } = result.change.resource;
  const inputs = inputsOf(result, evidence, images);
  if (images.active !== undefined && isEqual(images.active, result, evidence)) {
    const state = stateOf(name, images.active.version, inputs);
    return {
      files: fileOf(imageStatePath(name), state),
      row: imageRow(runImage(result, 'equal', images.active.version)),
    };
  }
  const version = nextVersion(images, result.change.to ?? '');
  const files = new Map<string, Uint8Array | null>([
    [
      imageRecordPath(name, version),
      recordBytes(imageOf(result, evidence, signed, images, version, inputs, context)),
    ],
    [attestationsPath(name, version), signed.attestations],
    [imageStatePath(name), recordBytes(stateOf(name, version, inputs))],
  ]);
  if (lock !== null) {
    files.set(packageLockPath(name, version), recordBytes(lock));
  }
  return { files, row: imageRow(runImage(result, 'built', version)) };
}

function imageOf(
  result: ChangeResult,
  evidence: ImageEvidence,
  signed: SignedImage,
  images: TipImages,
  version: string,
  inputs: ImageInputs,
  { build }: RecordContext,
): SandboxImage {
  const { resource, change } = result;
  if (resource === null) {
    throw new TypeError('only an image that has a spec is recorded');
  }
  const spec = resolvedImage({ identity: change.resource, spec: resource.spec });
  const request = packageRequest(spec, evidence.lineage.at(-1)?.tree.digest ?? null);
  return {
    apiVersion: 'sandkiln/v1',
    kind: 'SandboxImage',
    name: change.resource.name,
    version,
    supersedes: images.activeVersion,
    run: build.run,
    desiredCommit: build.plan.desiredCommit ?? '',
    inputs,
    spec: resource.spec,
    origins: resource.origins,
    packageRequest: request === undefined ? null : packageRequestDigest(request),
    architecture: spec.os.architecture,
    sourceDateEpoch: evidence.sourceDateEpoch,
    builder: { name: spec.builder, reproducible: build.builders[spec.builder]?.reproducible ?? false },
    tree: evidence.tree,
    lineage: evidence.lineage,
    artifacts: signed.artifacts,
    smokeTests: evidence.smokeTests,
    attestations: digestOfBytes(signed.attestations),
    size: evidence.size,
  };
}

function inputsOf(result: ChangeResult, evidence: ImageEvidence, images: TipImages): ImageInputs {
  const parent = evidence.lineage.at(-1);
  const { spec, files } = result.change.inputs as unknown as Pick<ImageInputs, 'spec' | 'files'>;
  return {
    spec,
    files,
    lock: evidence.lock?.digest ?? null,
    parent:
      parent === undefined
        ? null
        : {
            name: parent.name,
            version: images.parentVersion ?? parent.specVersion,
            tree: parent.tree.digest,
          },
    ...(images.allowList === undefined ? {} : { allowList: images.allowList }),
  };
}

/** The image that stays as it is under the revision that its list has now; no news where it stood under that before. */
function recordRevision(
  result: ChangeResult,
  { state, activeVersion, allowList }: TipImages,
): RecordedChange {
  const { name } = result.change.resource;
  const inputs = state?.inputs ?? null;
  const isSame =
    inputs === null ||
    allowList === undefined ||
    inputs.spec !== result.change.inputs['spec'] ||
    canonicalJson(inputs.allowList ?? null) === canonicalJson(allowList);
  return state === undefined || isSame
    ? { files: new Map(), row: imageRow(runImage(result, 'not-needed', null)) }
    : {
        files: fileOf(imageStatePath(name), { ...state, inputs: { ...inputs, allowList } }),
        row: imageRow(runImage(result, 'equal', activeVersion)),
      };
}

/** Whether the active image has the same bytes under the same spec version. */
function isEqual(active: SandboxImage, result: ChangeResult, evidence: ImageEvidence): boolean {
  const made = (artifacts: readonly BuildArtifact[]) =>
    canonicalJson(artifacts.filter((entry) => !isDocument(entry)).map(({ name, digest }) => [name, digest]));
  return (
    result.change.type === 'rebuild' &&
    active.tree.digest === evidence.tree.digest &&
    made(active.artifacts) === made(evidence.artifacts)
  );
}

function recordFailure(
  result: ChangeResult,
  diagnostics: readonly Diagnostic[],
  images: TipImages,
  { build }: RecordContext,
): RecordedChange {
  const { name } = result.change.resource;
  const image = runImage(result, 'failed', images.activeVersion, diagnostics);
  if (!diagnostics.every((diagnostic) => diagnostic.failure === 'stalled')) {
    return { files: new Map(), row: imageRow(image) };
  }
  const { active, inputs } = images.state ?? { active: null, inputs: null };
  const failure = { changeDigest: result.change.digest, run: build.run, diagnostics };
  const state: ImageState = { apiVersion: 'sandkiln/v1', kind: 'ImageState', name, active, inputs, failure };
  return { files: fileOf(imageStatePath(name), state), row: imageRow(image) };
}

function retire(result: ChangeResult, images: TipImages): RecordedChange {
  const { name } = result.change.resource;
  const state: ImageState = {
    apiVersion: 'sandkiln/v1',
    kind: 'ImageState',
    name,
    active: null,
    inputs: null,
    failure: null,
  };
  return {
    files: fileOf(imageStatePath(name), state),
    row: imageRow(runImage(result, 'retired', images.activeVersion)),
  };
}

function stateOf(name: string, active: string, inputs: ImageInputs): ImageState {
  return { apiVersion: 'sandkiln/v1', kind: 'ImageState', name, active, inputs, failure: null };
}

function fileOf(path: string, record: object): FileChanges {
  return new Map([[path, recordBytes(record)]]);
}

function imageRow(image: RunImage): RunRow {
  return { of: 'image', image };
}

function runImage(
  result: ChangeResult,
  outcome: RunImage['outcome'],
  version: string | null,
  diagnostics: readonly Diagnostic[] = [],
): RunImage {
  const { name } = result.change.resource;
  return {
    name,
    changeDigest: result.change.digest,
    outcome,
    version,
    actions: runActions(result),
    diagnostics,
  };
}
