import { openRunOwners, openStopwatch, type Workspace } from '../compose.ts';
import { type HeldLease, holdLease } from '../engine/lease/hold-lease.ts';
import type { KnownLease } from '../engine/lease/lease-book.ts';
import { leaveOut } from '../engine/lease/left-out.ts';
import { type LeaseOptions, takeLease } from '../engine/lease/take-lease.ts';
import { wait } from '../engine/write-back/wait.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change, Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import type { PlannedState } from './loaded-state.ts';
import type { BuildGuard, GuardContext } from './run-build.ts';
import type { CatalogTarget } from './target-branch.ts';

/** What is to be done. */
export interface Work {
  readonly state: PlannedState;
  readonly plan: Plan;
}

export interface LeasedWork extends BuildGuard {
  /** Null where the run holds no lease. */
  readonly fencingToken: number | null;
  /** Changes that others are building. */
  readonly leftOut: readonly Change[];
}

/**
 * Takes a lease on what a run builds, so that others need not. Waits up to --lock-timeout for leases of others, then
 * plans anew; after that it leaves out what they build: SK2220 (exit code 4) where nothing else is left. Where no lease
 * can be had for another reason the run goes on without (SK2221): the lease saves work, the compare-and-swap of the
 * commit keeps the catalog right.
 */
export async function takeWork(
  invocation: Invocation,
  { git, host }: Workspace,
  target: CatalogTarget,
  first: Work,
  context: GuardContext,
  replan: () => Promise<Result<Work>>,
): Promise<Result<LeasedWork>> {
  const { engine, lockTimeoutMs, report, run } = context;
  const options: LeaseOptions = {
    git,
    remote: target.remote,
    owners: await openRunOwners(),
    author: host.author,
    clock: engine.clock,
    stopwatch: await openStopwatch(),
    timer: engine.timer,
    random: Math.random,
    operationTimeoutMs: target.operationTimeoutMs,
    signal: invocation.signal,
  };
  let work = first;
  let leftOut: readonly Change[] = [];
  let waitedMs = 0;
  for (let round = 0; ; round += 1) {
    const changes = work.plan.changes.filter((change) => change.stalled === null);
    const taken =
      changes.length === 0
        ? undefined
        : await takeLease(
            options,
            run,
            changes.map((change) => change.digest),
          );
    if (taken === undefined) {
      return success(withoutLease(work, leftOut));
    }
    if (!taken.ok) {
      if (taken.diagnostics.some((diagnostic) => diagnostic.failure === 'cancelled')) {
        return taken;
      }
      report(noLease(taken.diagnostics[0]));
      return success(withoutLease(work, leftOut));
    }
    if (taken.value.status === 'taken') {
      const lease = holdLease(options, taken.value.lease, report);
      if (leftOut.length > 0) {
        return success(leased(lease, work, leftOut));
      }
      // Somebody else's build of it may have landed between the last look at the plan and the lease.
      const newest = await replan();
      if (!newest.ok) {
        await lease[Symbol.asyncDispose]();
        return newest;
      }
      return success(leased(lease, newest.value, leftOut));
    }
    const { by } = taken.value;
    if (waitedMs < lockTimeoutMs) {
      const delayMs = Math.min(1000 * 2 ** round, longestDelayMs, lockTimeoutMs - waitedMs);
      if (!(await wait(delayMs, { timer: engine.timer, signal: invocation.signal }))) {
        return failure({ ...held(by, work.plan), failure: 'cancelled' });
      }
      waitedMs += delayMs;
      const again = await replan();
      if (!again.ok) {
        return again;
      }
      work = again.value;
      continue;
    }
    const reduced = leaveOut(work.plan, new Set(by.flatMap(({ lease }) => lease.changes)));
    const diagnostic = held(by, work.plan);
    if (reduced.plan.changes.every((change) => change.stalled !== null)) {
      return failure(diagnostic);
    }
    report({ ...diagnostic, severity: 'warning' });
    leftOut = [...leftOut, ...reduced.leftOut];
    work = { ...work, plan: reduced.plan };
  }
}

/** Between two looks at a lease that is waited for. */
const longestDelayMs = 10_000;

function withoutLease(work: Work, leftOut: readonly Change[]): LeasedWork {
  return { ...work, leftOut, fencingToken: null, [Symbol.asyncDispose]: async () => undefined };
}

function leased(lease: HeldLease, work: Work, leftOut: readonly Change[]): LeasedWork {
  return {
    ...work,
    leftOut,
    fencingToken: lease.token,
    [Symbol.asyncDispose]: () => lease[Symbol.asyncDispose](),
  };
}

function held(by: readonly KnownLease[], plan: Plan): Diagnostic {
  const digests = new Set(by.flatMap(({ lease }) => lease.changes));
  const names = plan.changes.filter(({ digest }) => digests.has(digest)).map(({ resource }) => resource.name);
  const who = by.map(
    ({ lease: { id, owner, since } }) =>
      `run ${id} (process ${owner.process} on ${owner.host}, since ${since})`,
  );
  return {
    code: 'SK2220',
    severity: 'error',
    message: `${names.join(', ')}: being built by ${who.join(' and ')}`,
    hint: `wait for it with --lock-timeout; if it hangs: ${by.map(({ lease }) => `sandkiln unlock ${lease.id}`).join('; ')}`,
    failure: 'transient',
  };
}

function noLease(cause: Diagnostic | undefined): Diagnostic {
  return {
    code: 'SK2221',
    severity: 'warning',
    message: `this run holds no lease: ${cause?.message ?? 'git refused'}`,
    hint: 'allow the account to write refs/sandkiln/, or give --no-lease; another run may build the same meanwhile',
  };
}
