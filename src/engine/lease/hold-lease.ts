import type { RefUpdate } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Result } from '../../model/result.ts';
import { leaseMs, renewalMs } from './lease.ts';
import type { KnownLease } from './lease-book.ts';
import { moveLease, removalDeadlineMs } from './move-lease.ts';
import { type LeaseOptions, writeLease } from './take-lease.ts';

/** A lease that is renewed as long as it is held. */
export interface HeldLease extends AsyncDisposable {
  readonly token: number;
}

/**
 * Renews a lease every five minutes until it is disposed of, which removes it, also where the run was cancelled. Where somebody else has removed or taken
 * it meanwhile, or the remote does not answer, `report` is told (SK2222): the run goes on, since nothing that it
 * records depends on the lease.
 */
export function holdLease(
  options: LeaseOptions,
  taken: KnownLease,
  report: (diagnostic: Diagnostic) => void,
): HeldLease {
  const { git, remote, clock, stopwatch, timer, random } = options;
  // Without the signal of the run: a run that is cancelled gives its lease back all the same.
  const ports = { git, remote, stopwatch, timer, random };
  const limits = { timeoutMs: options.operationTimeoutMs };
  const giveUpRenewal = new AbortController();
  let current = taken;
  /** The renewal whose answer is not known; it may have landed. */
  let renewed: KnownLease | undefined;
  let isHeld = true;
  let work: Promise<void> = Promise.resolve();
  let renewal = timer.after(renewalMs, renewLater);

  function renewLater(): void {
    work = renew();
  }

  async function renew(): Promise<void> {
    const expiresAt = new Date(clock.now().getTime() + leaseMs).toISOString();
    const lease = { ...current.lease, expiresAt };
    const commit = await writeLease(options, lease);
    const { reference, commit: expected } = current;
    if (commit.ok) {
      renewed = { reference, lease, commit: commit.value };
    }
    const moved = commit.ok
      ? await moveLease(
          { ...ports, signal: giveUpRenewal.signal },
          { reference, expected, next: commit.value },
          { ...limits, deadlineMs: renewalDeadlineMs },
        )
      : commit;
    if (moved.ok && moved.value.status === 'updated' && renewed !== undefined) {
      current = renewed;
    }
    if (giveUpRenewal.signal.aborted) {
      return;
    }
    if (moved.ok && moved.value.status === 'raced') {
      isHeld = false;
      report(lost(current, 'somebody has taken or removed it'));
      return;
    }
    if (!moved.ok) {
      report(lost(current, moved.diagnostics[0]?.message ?? 'git refused'));
    }
    renewal = timer.after(renewalMs, renewLater);
  }

  async function remove({ reference, commit }: KnownLease): Promise<Result<RefUpdate>> {
    return moveLease(
      ports,
      { reference, expected: commit, next: undefined },
      { ...limits, deadlineMs: removalDeadlineMs },
    );
  }

  return {
    token: taken.lease.token,
    async [Symbol.asyncDispose]() {
      renewal.cancel();
      giveUpRenewal.abort();
      await work;
      if (!isHeld) {
        return;
      }
      isHeld = false;
      let removed = await remove(current);
      if (removed.ok && removed.value.status === 'raced' && renewed !== undefined && renewed !== current) {
        removed = await remove(renewed);
      }
      if (!removed.ok) {
        report(lost(current, `it could not be removed: ${removed.diagnostics[0]?.message ?? 'git refused'}`));
      }
    },
  };
}

const renewalDeadlineMs = 60_000;

function lost({ lease }: KnownLease, why: string): Diagnostic {
  return {
    code: 'SK2222',
    severity: 'warning',
    message: `the lease ${lease.id} is not kept: ${why}`,
    hint: 'nothing is lost by that: another run may build the same, and one of them records it',
  };
}
