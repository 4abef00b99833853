import type { Clock } from '../../src/adapters/clock/clock.ts';
import { createSystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { ResolverSettings } from '../../src/adapters/enforcer/dnsmasq/resolver-settings.ts';
import { createLiveEnforcer } from '../../src/adapters/enforcer/live/create-live-enforcer.ts';
import type { ApplyRequest, LiveEnforcer } from '../../src/adapters/enforcer/live-enforcer.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createFileRunLock } from '../../src/adapters/run-lock/file-run-lock.ts';
import type { AllowEntry } from '../../src/model/allow-list.ts';
import { enforcerInput } from './enforcer-input.ts';

export function testLiveEnforcer(
  stateFolder: string,
  {
    resolver,
    clock = createSystemClock(),
  }: { readonly resolver?: ResolverSettings; readonly clock?: Clock } = {},
): LiveEnforcer {
  const processes = createProcessRunner();
  return createLiveEnforcer({
    processes,
    clock,
    lockAt: (path) => createFileRunLock({ path, processes, clock }),
    stateFolder,
    ...(resolver === undefined ? {} : { resolver }),
  });
}

/** A request to put entries in force, of a head that is good for years. */
export function applyRequest(
  namespacePath: string,
  entries: readonly AllowEntry[],
  { revision = 1, counter = revision }: { readonly revision?: number; readonly counter?: number } = {},
): ApplyRequest {
  return {
    namespacePath,
    input: enforcerInput(entries, { revision }),
    head: { counter, expiresAt: '2099-01-01T00:00:00Z' },
    timeoutMs: 60_000,
  };
}
