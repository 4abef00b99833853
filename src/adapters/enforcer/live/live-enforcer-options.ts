import type { Clock } from '../../clock/clock.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { RunLock } from '../../run-lock/run-lock.ts';
import type { ResolverSettings } from '../dnsmasq/resolver-settings.ts';

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
