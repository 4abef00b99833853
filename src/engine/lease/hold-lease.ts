import type { Diagnostic } from '../../model/diagnostic.ts';
import { leaseMs, renewalMs } from './lease.ts';
import type { KnownLease } from './lease-book.ts';
import { type LeaseOptions, writeLease } from './take-lease.ts';

/** A lease that is renewed as long as it is held. */
export interface HeldLease extends AsyncDisposable {
  readonly token: number;
}

/**
 * Renews a lease every five minutes until it is disposed of, which removes it. Where somebody else has removed or taken
 * it meanwhile, or the remote does not answer, `report` is told (SK2222): the run goes on, since nothing that it
 * records depends on the lease.
 */
export function holdLease(
  options: LeaseOptions,
  taken: KnownLease,
  report: (diagnostic: Diagnostic) => void,
): HeldLease {
  const { git, remote, clock, timer } = options;
  const limits = { timeoutMs: options.operationTimeoutMs };
  let current = taken;
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
    const moved = commit.ok
      ? await git.updateReferences(remote, [{ reference, expected, next: commit.value }], limits)
      : commit;
    if (!isHeld) {
      return;
    }
    if (moved.ok && moved.value.status === 'raced') {
      isHeld = false;
      report(lost(current, 'somebody has taken or removed it'));
      return;
    }
    if (moved.ok && commit.ok) {
      current = { reference, lease, commit: commit.value };
    } else if (!moved.ok) {
      report(lost(current, moved.diagnostics[0]?.message ?? 'git refused'));
    }
    renewal = timer.after(renewalMs, renewLater);
  }

  return {
    token: taken.lease.token,
    async [Symbol.asyncDispose]() {
      renewal.cancel();
      await work;
      renewal.cancel();
      if (isHeld) {
        isHeld = false;
        const { reference, commit: expected } = current;
        const removed = await git.updateReferences(
          remote,
          [{ reference, expected, next: undefined }],
          limits,
        );
        if (!removed.ok) {
          report(
            lost(current, `it could not be removed: ${removed.diagnostics[0]?.message ?? 'git refused'}`),
          );
        }
      }
    },
  };
}

function lost({ lease }: KnownLease, why: string): Diagnostic {
  return {
    code: 'SK2222',
    severity: 'warning',
    message: `the lease ${lease.id} is not kept: ${why}`,
    hint: 'nothing is lost by that: another run may build the same, and one of them records it',
  };
}
