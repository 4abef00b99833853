import { success } from '../../../model/result.ts';
import type { Clock } from '../../clock/clock.ts';
import type { Isolation } from '../../isolation/isolation.ts';
import type { ProcessRunner } from '../../process/process.ts';
import { type Builder, type BuilderDescription, builtInBuilder } from '../builder.ts';
import { bootstrapTree } from './bootstrap-tree.ts';
import { type HostApt, readHostApt } from './host-apt.ts';
import { lockPackages } from './lock-packages.ts';
import { mmdebstrapTools } from './tool-requirements.ts';

export interface MmdebstrapOptions {
  readonly processes: ProcessRunner;
  /** Where maintainer scripts run. */
  readonly isolation: Isolation;
  readonly clock: Clock;
  /** Where the host's apt keeps its sources; default `/etc/apt`. */
  readonly hostAptFolder?: string;
}

/**
 * Debian root file systems by apt and mmdebstrap, from a pool of packages by digest. Only the lock and missing
 * packages need a mirror; maintainer scripts run without a network, a home or any key of the user.
 */
export function createMmdebstrapBuilder(options: MmdebstrapOptions): Builder {
  const { processes, isolation, clock } = options;
  let remembered: Promise<HostApt> | undefined;
  function hostApt(): Promise<HostApt> {
    remembered ??= readHostApt(processes, options.hostAptFolder ?? '/etc/apt');
    return remembered;
  }
  return {
    name: builtInBuilder,
    yields: 'tree',
    tools: mmdebstrapTools,
    describe: async () => success(description),
    described: () => description,
    lock: (request, context) => lockPackages(request, context, { processes, clock, hostApt }),
    bootstrap: (request, context) => bootstrapTree(request, context, { processes, isolation, hostApt }),
  };
}

/** The version is raised when the same request would give other bytes; tools are probed, and so not told here. */
const description: BuilderDescription = {
  program: builtInBuilder,
  version: '1',
  locksPackages: true,
  reproducible: true,
  tools: {},
};
