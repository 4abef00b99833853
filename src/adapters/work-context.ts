import type { ScratchFolder } from './scratch/scratch.ts';
import type { LocalStore } from './store/store.ts';

/** What every long job gets: where it may write, whom it tells, when it has to stop. Holds ports, no state. */
export interface WorkContext {
  /** Gone after the job; holds nothing that anyone needs later. */
  readonly scratch: ScratchFolder;
  /** Where blobs that later jobs read are put. */
  readonly cache: LocalStore;
  /** One line of the job's log, without newline. */
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  /** CPUs that the job's programs may run on; absent means all. */
  readonly cpus?: number;
  /** What is left of the job's time limit. */
  readonly timeoutMs: number;
}
