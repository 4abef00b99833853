import { type BuildEngine, createBuildEngine, type Workspace } from '../compose.ts';
import { buildPlan } from '../engine/build/build-plan.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { ActionResult } from '../model/action.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Emit } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { parseDuration } from '../model/quantity.ts';
import { failure, type Result, success } from '../model/result.ts';
import { publishBlobs } from '../stages/bring-blobs.ts';
import type { CommandOptions, Invocation } from './command.ts';
import { handOver } from './hand-over.ts';
import type { PlannedState } from './loaded-state.ts';
import { plannedActions } from './planned-actions.ts';
import { createRedactor } from './redact-secrets.ts';
import { chooseRenderer } from './render/choose-renderer.ts';
import { reportDiagnostics } from './report.ts';
import { newRunId } from './run-identity.ts';
import { tracedRenderer } from './traced-renderer.ts';
import { engineVersion } from './version.ts';

export const buildOptions = {
  jobs: { type: 'string', short: 'j', value: 'N', help: 'actions at a time; default: the CPUs of this host' },
  'fail-fast': { type: 'boolean', help: 'after the first failure start nothing more' },
  tries: { type: 'string', value: 'N', help: 'tries of an action whose failure may pass; default 3' },
  'lock-timeout': {
    type: 'string',
    value: 'TIME',
    help: 'wait this long for other runs: in this clone, and on the same changes elsewhere; default 0s',
  },
} as const satisfies CommandOptions;

export interface Built {
  readonly result: BuildResult;
  readonly engine: BuildEngine;
}

/** What keeps others from the same work, from the run lock on until everything is recorded. */
export interface BuildGuard extends AsyncDisposable {
  /** What is left to do: the others may have done some of it meanwhile. */
  readonly state: PlannedState;
  readonly plan: Plan;
}

export interface GuardContext {
  readonly run: string;
  readonly engine: BuildEngine;
  readonly lockTimeoutMs: number;
  readonly report: (diagnostic: Diagnostic) => void;
}

/**
 * Carries a plan out under the run lock and hands over the results. The lock is held until `then` has ended, so that
 * no other run of this clone comes between building and recording; `guard` does the same for other clones.
 */
export async function runBuild<Outcome>(
  invocation: Invocation,
  workspace: Workspace,
  start: Pick<BuildGuard, 'state' | 'plan'>,
  then: (built: Built, emit: Emit) => Promise<Outcome>,
  guard?: (context: GuardContext) => Promise<Result<BuildGuard>>,
): Promise<Result<Outcome>> {
  const settings = readSettings(invocation, workspace);
  if (!settings.ok) {
    return settings;
  }
  const report = (diagnostic: Diagnostic) => void reportDiagnostics(invocation, [diagnostic]);
  const engine = await createBuildEngine(
    workspace,
    { mirror: repositoryPolicy(start.state.desired.repository).mirror },
    report,
  );
  const run = newRunId(engine.clock.now());
  const lock = await engine.runLock.acquire({
    run,
    timeoutMs: settings.value.lockTimeoutMs,
    signal: invocation.signal,
  });
  if (!lock.ok) {
    return lock;
  }
  await using _held = lock.value;
  const { lockTimeoutMs } = settings.value;
  const guarded = await guard?.({ run, engine, lockTimeoutMs, report });
  if (guarded?.ok === false) {
    return guarded;
  }
  await using guarding = guarded?.value;
  const { state, plan } = guarding ?? start;
  const actions = await plannedActions(state, plan);
  if (!actions.ok) {
    return actions;
  }
  const files = await cacheNamedFiles(state, engine);
  if (!files.ok) {
    return files;
  }
  const journal = await engine.journal.open(run);
  if (!journal.ok) {
    return journal;
  }
  const renderer = await tracedRenderer(
    await chooseRenderer(invocation, actions.value),
    invocation.environment,
    engine,
  );
  const built = await buildPlan(
    plan,
    actions.value,
    ({ resource }) => state.desired.resources.get(resource.kind)?.get(resource.name),
    {
      ...engine,
      run,
      engineVersion: engineVersion(),
      platform: engine.host.platform,
      salt: '',
      limits: { cpu: settings.value.jobs, memory: engine.host.memoryBytes },
      failFast: invocation.flag('fail-fast'),
      retry: { tries: settings.value.tries, random: Math.random },
      journal: journal.value,
      redact: createRedactor(invocation.environment),
      emit: renderer.emit,
      signal: invocation.signal,
      publishLogs: (results) => publishLogs(results, engine),
    },
  );
  await renderer.end();
  const outcome = built.ok
    ? await handOver(journal.value, engine.clock, () => then({ result: built.value, engine }, renderer.emit))
    : built;
  await renderer.close();
  await journal.value.close();
  return outcome;
}

function readSettings(invocation: Invocation, { host }: Workspace) {
  const jobsText = invocation.text('jobs');
  const jobs = jobsText === undefined ? host.jobs : Number(jobsText);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
    return failure(wrongOption('jobs', jobsText ?? '', 'a whole number from 1'));
  }
  const triesText = invocation.text('tries') ?? '3';
  if (!/^(?:[1-9]|10)$/.test(triesText)) {
    return failure(wrongOption('tries', triesText, 'a whole number from 1 to 10'));
  }
  const timeout = invocation.text('lock-timeout') ?? '0s';
  const lockTimeoutMs = timeout === '0s' || timeout === '0' ? 0 : parseTime(timeout);
  return lockTimeoutMs === undefined
    ? failure(wrongOption('lock-timeout', timeout, 'a time span with its unit: 90s, 20m, 2h'))
    : success({ lockTimeoutMs, jobs: jobs ?? availableJobs(), tries: Number(triesText) });
}

function availableJobs(): number {
  return Math.max(2, navigator.hardwareConcurrency);
}

/** Nothing where the text is no time span. */
export function parseTime(text: string): number | undefined {
  return /^[1-9][0-9]{0,5}(?:s|m|h|d)$/.test(text) ? parseDuration(text) : undefined;
}

export function wrongOption(option: string, value: string, wanted: string): Diagnostic {
  return {
    code: 'SK9023',
    severity: 'error',
    message: `--${option} is ${JSON.stringify(value)}`,
    hint: `give ${wanted}`,
  };
}

/** Stages read the repository's files from the cache, by the digests that the plan bound. */
export async function cacheNamedFiles(
  { files }: PlannedState,
  { cache }: BuildEngine,
): Promise<Result<void>> {
  for (const file of files.values()) {
    const bytes = await file.bytes();
    const stored = bytes.ok ? await cache.put([bytes.value], { expected: file.digest }) : bytes;
    if (!stored.ok) {
      return stored;
    }
  }
  return success(undefined);
}

async function publishLogs(
  results: readonly ActionResult[],
  { cache, store }: BuildEngine,
): Promise<Result<void>> {
  const digests = results.flatMap((result) =>
    (result.status === 'succeeded' || result.status === 'failed') && result.log !== undefined
      ? [result.log.digest]
      : [],
  );
  const there = await cache.has(digests);
  return publishBlobs(
    digests.filter((digest) => there.has(digest)),
    store,
    cache,
  );
}
