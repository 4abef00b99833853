import { success } from '../../../model/result.ts';
import type { Clock } from '../../clock/clock.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { RunLock } from '../../run-lock/run-lock.ts';
import type { ResolverSettings } from '../dnsmasq/resolver-settings.ts';
import type { LiveEnforcer } from '../live-enforcer.ts';
import { applyList } from './apply-list.ts';
import { dropConnections } from './connections.ts';
import { driftOf, readLive } from './live-state.ts';
import { prepareApply } from './prepare-apply.ts';
import { removeList } from './remove-list.ts';

export interface LiveEnforcerOptions {
  readonly processes: ProcessRunner;
  readonly clock: Clock;
  /** A lock on a file, which its holder loses when it ends, however it ends. */
  readonly lockAt: (path: string) => RunLock;
  /** In the data folder of this host: counters of heads, locks, configurations of resolvers. */
  readonly stateFolder: string;
  /** With it names are enforced too, by a dnsmasq that is started in the namespace; without it addresses alone. */
  readonly resolver?: ResolverSettings;
}

/**
 * Enforces lists by nftables, and names by dnsmasq beside it, in network namespaces of this host. The kernel itself says
 * what is applied: revision, head and set change in the transaction that changes the rules, and every step starts from
 * what the kernel says.
 */
export function createLiveEnforcer(options: LiveEnforcerOptions): LiveEnforcer {
  return {
    dryRun: async (request) => {
      const prepared = await prepareApply(request, options);
      return prepared.ok ? success(prepared.value.plan) : prepared;
    },
    apply: (request) => applyList(request, options),
    read: (place) => readLive(place, options),
    drift: (request) => driftOf(request, options),
    remove: (place) => removeList(place, options),
    dropConnections: (place) => dropConnections(place, options),
  };
}
