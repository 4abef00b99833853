import { success } from '../../../model/result.ts';
import type { LiveEnforcer } from '../live-enforcer.ts';
import { applyList } from './apply-list.ts';
import { dropConnections } from './connections.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { driftOf, readLive } from './live-state.ts';
import { prepareApply } from './prepare-apply.ts';
import { removeList } from './remove-list.ts';

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
