import { type BuildEngine, createBuildEngine, type Workspace } from '../compose.ts';
import { buildPlan } from '../engine/build/build-plan.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { ActionResult } from '../model/action.ts';
import type { BuildResult } from '../model/build-result.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Emit } from '../model/event.ts';
import type { Plan } from '../model/plan.ts';
import { type Result, success } from '../model/result.ts';
import { publishBlobs } from '../stages/bring-blobs.ts';
import { readBuildSettings } from './build-options.ts';
import type { Invocation } from './command.ts';
import { handOver } from './hand-over.ts';
import type { PlannedState } from './loaded-state.ts';
import { plannedActions } from './planned-actions.ts';
import { createRedactor } from './redact-secrets.ts';
import { chooseRenderer } from './render/choose-renderer.ts';
import { reportDiagnostics } from './report.ts';
import { newRunId } from './run-identity.ts';
import { tracedRenderer } from './traced-renderer.ts';
import { engineVersion } from './version.ts';
import type { DesiredBranch } from './wanted-changes.ts';
import { watchBranch } from './watch-branch.ts';

export interface Built {
  readonly result: BuildResult;
  readonly engine: BuildEngine;
}

/** What a command wants to be built. */
export interface BuildStart extends Pick<BuildGuard, 'state' | 'plan'> {
  /** The command's name, which the trace of the run bears. */
  readonly command: string;
  /** Watched for newer commits, unless --ref pins one. */
  readonly branch: DesiredBranch;
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
  start: BuildStart,
  then: (built: Built, emit: Emit) => Promise<Outcome>,
  guard?: (context: GuardContext) => Promise<Result<BuildGuard>>,
): Promise<Result<Outcome>> {
  const settings = readBuildSettings(invocation, workspace.host);
  if (!settings.ok) {
    return settings;
  }
  const report = (diagnostic: Diagnostic) => void reportDiagnostics(invocation, [diagnostic]);
  const engine = await createBuildEngine(
    workspace,
    { mirror: repositoryPolicy(start.state.desired.repository).mirror, signal: invocation.signal },
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
  const { lockTimeoutMs, jobs, tries, lookEveryMs } = settings.value;
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
    { ...engine, command: start.command },
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
      limits: { cpu: jobs, memory: engine.host.memoryBytes },
      failFast: invocation.flag('fail-fast'),
      retry: { tries, random: Math.random },
      journal: journal.value,
      redact: createRedactor(invocation.environment),
      emit: renderer.emit,
      signal: invocation.signal,
      publishLogs: (results) => publishLogs(results, engine),
      ...(lookEveryMs === undefined
        ? {}
        : { desired: watchBranch(workspace, start.branch, plan, lookEveryMs) }),
    },
  );
  await renderer.end();
  const outcome = built.ok
    ? await handOver(journal.value, engine.clock, async () => {
        const told = await then({ result: built.value, engine }, renderer.emit);
        // Before the journal says that the run is over: what a kill leaves of it until then, the next run clears up.
        await guarding?.[Symbol.asyncDispose]();
        return told;
      })
    : built;
  await renderer.close();
  await journal.value.close();
  return outcome;
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
