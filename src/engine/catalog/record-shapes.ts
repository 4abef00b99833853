import type { BlobReference } from '../../model/action.ts';
import type { Diagnostic, DiagnosticCode, Place, Position } from '../../model/diagnostic.ts';
import type { LockedIndex, LockedPackage, PackageLock } from '../../model/package-lock.ts';
import type {
  Ancestor,
  BoundRevision,
  BuildArtifact,
  ImageBuildRun,
  ImageInputs,
  ImageState,
  RunAction,
  RunAllowList,
  RunHost,
  RunImage,
  RunWriteBack,
  SandboxImage,
  SizeReport,
  SmokeTestResult,
} from '../../model/record.ts';
import {
  booleanShape,
  countShape,
  digestShape,
  guardShape,
  listShape,
  literalShape,
  mapShape,
  nullable,
  objectShape,
  optional,
  patternShape,
  recordShape,
  type Shape,
  textShape,
  timeShape,
  unionShape,
} from '../../model/shape.ts';
import { isImageVersion, isResourceName, isRevision, isRunId } from './paths.ts';

const nameShape = guardShape(isResourceName, 'a resource name');
const versionShape = guardShape(isImageVersion, 'an image version');
export const runShape: Shape<string> = guardShape(isRunId, 'a run id');
export const commitShape: Shape<string> = patternShape(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit');
const text = textShape();
const tokenShape = textShape(300);
/** A blob that something names. */
export const blobShape: Shape<BlobReference> = recordShape<BlobReference>({
  digest: digestShape,
  sizeBytes: countShape,
});

const positionShape = recordShape<Position>({ line: countShape, column: countShape });
const placeShape = recordShape<Place>({
  file: text,
  start: optional(positionShape),
  end: optional(positionShape),
  sourceLine: optional(textShape(65_536)),
});
export const diagnosticShape: Shape<Diagnostic> = recordShape<Diagnostic>({
  code: guardShape(
    (value): value is DiagnosticCode => typeof value === 'string' && /^SK\d{4}$/.test(value),
    'a code',
  ),
  severity: unionShape<Diagnostic['severity']>({ error: true, warning: true, note: true }),
  message: textShape(65_536),
  hint: textShape(65_536),
  place: optional(placeShape),
  related: optional(
    listShape(recordShape<{ message: string; place: Place }>({ message: text, place: placeShape }), 100),
  ),
  failure: optional(
    unionShape<NonNullable<Diagnostic['failure']>>({
      stalled: true,
      transient: true,
      waiting: true,
      cancelled: true,
      'timed-out': true,
    }),
  ),
  until: optional(timeShape),
});

const parentShape = recordShape<NonNullable<ImageInputs['parent']>>({
  name: nameShape,
  version: versionShape,
  tree: digestShape,
});
const inputsShape: Shape<ImageInputs> = recordShape<ImageInputs>({
  spec: digestShape,
  files: mapShape(digestShape, 10_000),
  lock: nullable(digestShape),
  parent: nullable(parentShape),
  allowList: optional(
    recordShape<BoundRevision>({
      name: nameShape,
      revision: guardShape(isRevision, 'a revision'),
      set: digestShape,
    }),
  ),
});

/** `state.json` of an image. */
export const imageStateShape: Shape<ImageState> = recordShape<ImageState>({
  apiVersion: literalShape('sandkiln/v1'),
  kind: literalShape('ImageState'),
  name: nameShape,
  active: nullable(versionShape),
  inputs: nullable(inputsShape),
  failure: nullable(
    recordShape<NonNullable<ImageState['failure']>>({
      changeDigest: digestShape,
      run: runShape,
      diagnostics: listShape(diagnosticShape, 1000),
    }),
  ),
});

export const lineageShape: Shape<readonly Ancestor[]> = listShape(
  recordShape<Ancestor>({
    name: nameShape,
    specVersion: tokenShape,
    tree: blobShape,
    archive: blobShape,
    sourceDateEpoch: countShape,
  }),
  1024,
);

export const artifactsShape: Shape<readonly BuildArtifact[]> = listShape(
  recordShape<BuildArtifact>({
    name: tokenShape,
    format: tokenShape,
    mediaType: tokenShape,
    digest: digestShape,
    sizeBytes: countShape,
  }),
  1000,
);

export const smokeTestsShape: Shape<readonly SmokeTestResult[]> = listShape(
  recordShape<SmokeTestResult>({
    name: tokenShape,
    tier: literalShape(0, 1, 2, 3),
    outcome: unionShape<SmokeTestResult['outcome']>({ passed: true, failed: true, 'not-run': true }),
    detail: optional(textShape(65_536)),
  }),
  1000,
);

export const sizeReportShape: Shape<SizeReport> = recordShape<SizeReport>({
  treeBytes: countShape,
  previousTreeBytes: nullable(countShape),
  budgetBytes: nullable(countShape),
  largestPackages: listShape(
    recordShape<{ name: string; sizeBytes: number }>({ name: tokenShape, sizeBytes: countShape }),
    100,
  ),
});

/** `image.json`. */
export const sandboxImageShape: Shape<SandboxImage> = recordShape<SandboxImage>({
  apiVersion: literalShape('sandkiln/v1'),
  kind: literalShape('SandboxImage'),
  name: nameShape,
  version: versionShape,
  supersedes: nullable(versionShape),
  run: runShape,
  desiredCommit: commitShape,
  inputs: inputsShape,
  spec: objectShape,
  origins: mapShape(
    recordShape<{ from: string; line: number }>({ from: tokenShape, line: countShape }),
    100_000,
  ),
  packageRequest: nullable(digestShape),
  architecture: tokenShape,
  sourceDateEpoch: countShape,
  builder: recordShape<SandboxImage['builder']>({ name: tokenShape, reproducible: booleanShape }),
  tree: blobShape,
  lineage: lineageShape,
  artifacts: artifactsShape,
  smokeTests: smokeTestsShape,
  attestations: digestShape,
  size: sizeReportShape,
});

export const runHostShape: Shape<RunHost> = recordShape<RunHost>({
  platform: tokenShape,
  cpus: countShape,
  memoryBytes: countShape,
  isolation: tokenShape,
  unenforced: listShape(text, 100),
});

/** A run record. */
export const runRecordShape: Shape<ImageBuildRun> = recordShape<ImageBuildRun>({
  apiVersion: literalShape('sandkiln/v1'),
  kind: literalShape('ImageBuildRun'),
  id: runShape,
  engineVersion: tokenShape,
  planDigest: digestShape,
  desiredCommit: commitShape,
  catalogCommit: nullable(commitShape),
  startedAt: timeShape,
  finishedAt: timeShape,
  outcome: unionShape<ImageBuildRun['outcome']>({
    succeeded: true,
    failed: true,
    partial: true,
    cancelled: true,
  }),
  host: runHostShape,
  images: listShape(
    recordShape<RunImage>({
      name: nameShape,
      changeDigest: digestShape,
      outcome: unionShape<RunImage['outcome']>({
        built: true,
        equal: true,
        retired: true,
        superseded: true,
        'not-needed': true,
        failed: true,
        skipped: true,
        cancelled: true,
      }),
      version: nullable(versionShape),
      actions: listShape(
        recordShape<RunAction>({
          id: text,
          status: tokenShape,
          cached: booleanShape,
          key: nullable(digestShape),
          startedAt: nullable(timeShape),
          durationMs: nullable(countShape),
          tools: mapShape(text, 1000),
          log: nullable(blobShape),
        }),
        10_000,
      ),
      diagnostics: listShape(diagnosticShape, 1000),
    }),
    100_000,
  ),
  allowLists: optional(
    listShape(
      recordShape<RunAllowList>({
        name: nameShape,
        changeDigest: digestShape,
        outcome: unionShape<RunAllowList['outcome']>({
          revised: true,
          equal: true,
          retired: true,
          superseded: true,
        }),
        revision: nullable(guardShape(isRevision, 'a revision')),
      }),
      100_000,
    ),
  ),
  writeBack: optional(
    recordShape<RunWriteBack>({
      attempt: countShape,
      waitedMs: countShape,
      fencingToken: nullable(countShape),
    }),
  ),
});

/** `packages.lock.json`. */
export const packageLockShape: Shape<PackageLock> = recordShape<PackageLock>({
  formatVersion: literalShape(1),
  distribution: tokenShape,
  release: tokenShape,
  architecture: tokenShape,
  request: digestShape,
  sourceDateEpoch: countShape,
  indexes: listShape(
    recordShape<LockedIndex>({
      suite: tokenShape,
      component: tokenShape,
      release: recordShape<LockedIndex['release']>({
        path: text,
        digest: digestShape,
        date: timeShape,
        sizeBytes: countShape,
      }),
      packages: recordShape<LockedIndex['packages']>({
        path: text,
        digest: digestShape,
        sizeBytes: countShape,
      }),
    }),
    1000,
  ),
  packages: listShape(
    recordShape<LockedPackage>({
      name: tokenShape,
      version: tokenShape,
      architecture: tokenShape,
      source: tokenShape,
      sourceVersion: tokenShape,
      digest: digestShape,
      sizeBytes: countShape,
      poolPath: text,
      suite: tokenShape,
      requested: optional(literalShape(true)),
    }),
    100_000,
  ),
});
