import type { ActionResult, BlobReference, StageOutput } from '../../model/action.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { LockedIndex } from '../../model/package-lock.ts';
import type { Ancestor, BuildArtifact, RunAction, SizeReport, SmokeTestResult } from '../../model/record.ts';
import { isOnlyRevision } from './bound-list.ts';

/** What the actions of one image showed, read out of their outputs. */
export interface ImageEvidence {
  readonly artifacts: readonly BuildArtifact[];
  readonly tree: BlobReference;
  /** The images that it stands on, oldest first. */
  readonly lineage: readonly Ancestor[];
  /** The canonical lock; null where the image adds no packages. */
  readonly lock: BlobReference | null;
  readonly indexes: readonly LockedIndex[];
  readonly sourceDateEpoch: number;
  readonly smokeTests: readonly SmokeTestResult[];
  readonly size: SizeReport;
  readonly sbom: BlobReference;
  readonly packageManifest: BlobReference;
  readonly tools: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, string>>;
  readonly logs: readonly { readonly name: string; readonly blob: BlobReference }[];
  readonly startedOn: string;
  readonly finishedOn: string;
}

/** How the actions of a change ended, taken together. */
export type ChangeOutcome =
  | { readonly status: 'succeeded'; readonly evidence: ImageEvidence }
  /** Nothing was built: the image stays as it is. */
  | { readonly status: 'not-needed' }
  | { readonly status: 'failed'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly status: 'skipped' }
  | { readonly status: 'cancelled' }
  /** The commit `by` asks for something else of the image. */
  | { readonly status: 'superseded'; readonly by: string };

/** The outcome of an image's change: succeeded only where `publish` ended well. A failure of what nobody wants any more is none. */
export function changeOutcome(result: ChangeResult): ChangeOutcome {
  const results = Object.values(result.actions);
  if (isOnlyRevision(result.change)) {
    return { status: 'not-needed' };
  }
  const superseded = results.find((action) => action.status === 'superseded');
  if (superseded !== undefined) {
    return superseded;
  }
  const failed = results.flatMap((action) => (action.status === 'failed' ? action.diagnostics : []));
  if (failed.length > 0) {
    return { status: 'failed', diagnostics: failed };
  }
  if (results.some((action) => action.status === 'cancelled')) {
    return { status: 'cancelled' };
  }
  if (results.some((action) => action.status === 'not-needed')) {
    return { status: 'not-needed' };
  }
  const publish = outputsOf(result, 'publish')[0];
  if (publish === undefined || results.some((action) => action.status === 'skipped')) {
    return { status: 'skipped' };
  }
  return { status: 'succeeded', evidence: evidenceOf(result, publish) };
}

/** Actions as the run record lists them. */
export function runActions(result: ChangeResult): readonly RunAction[] {
  return Object.entries(result.actions).map(([id, action]) => {
    const timed = action.status === 'succeeded' || action.status === 'failed' ? action : undefined;
    return {
      id,
      status: action.status,
      cached: action.status === 'succeeded' && action.cached,
      key: timed?.key ?? null,
      startedAt: timed?.startedAt ?? null,
      durationMs: timed === undefined ? null : Date.parse(timed.finishedAt) - Date.parse(timed.startedAt),
      tools: timed?.tools ?? {},
      log: timed?.log ?? null,
    };
  });
}

function evidenceOf(result: ChangeResult, publish: StageOutput): ImageEvidence {
  const published = publish.data as unknown as Pick<
    ImageEvidence,
    'artifacts' | 'tree' | 'lock' | 'sourceDateEpoch' | 'indexes'
  >;
  const scan = outputsOf(result, 'scan')[0];
  const sbom = scan?.blobs['sbom.cdx.json'];
  const packageManifest = scan?.blobs['packages.json'];
  if (scan === undefined || sbom === undefined || packageManifest === undefined) {
    throw new TypeError('an image was published without a scan');
  }
  const prepared = outputsOf(result, 'prepare')[0];
  return {
    ...published,
    indexes: published.lock === null ? [] : published.indexes,
    lineage: (prepared?.data['lineage'] ?? []) as unknown as readonly Ancestor[],
    smokeTests: outputsOf(result, 'smoke').flatMap(
      (output) => output.data['results'] as unknown as readonly SmokeTestResult[],
    ),
    size: scan.data['size'] as unknown as SizeReport,
    sbom,
    packageManifest,
    ...traces(result),
  };
}

function traces(
  result: ChangeResult,
): Pick<ImageEvidence, 'tools' | 'keys' | 'logs' | 'startedOn' | 'finishedOn'> {
  const tools: Record<string, string> = {};
  const keys: Record<string, string> = {};
  const logs: ImageEvidence['logs'][number][] = [];
  let startedOn = '';
  let finishedOn = '';
  for (const [id, action] of Object.entries(result.actions)) {
    if (action.status !== 'succeeded') {
      continue;
    }
    Object.assign(tools, action.tools);
    if (action.key !== undefined) {
      keys[id] = action.key;
    }
    if (action.log !== undefined) {
      logs.push({ name: id, blob: action.log });
    }
    startedOn = startedOn === '' || action.startedAt < startedOn ? action.startedAt : startedOn;
    finishedOn = action.finishedAt > finishedOn ? action.finishedAt : finishedOn;
  }
  return { tools, keys, logs, startedOn, finishedOn };
}

/** Outputs of the actions of one stage, in the order of their ids. */
function outputsOf(result: ChangeResult, stage: string): readonly StageOutput[] {
  return Object.entries(result.actions)
    .filter(([id]) => id.split('/')[2]?.split(':')[0] === stage)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flatMap(([, action]) => outputOf(action));
}

function outputOf(action: ActionResult): readonly StageOutput[] {
  return action.status === 'succeeded' ? [action.output] : [];
}
