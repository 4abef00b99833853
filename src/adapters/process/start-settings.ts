import type { ProcessGuard } from './process-guard.ts';

/** What every start of a process needs. */
export interface StartSettings {
  /** How long a process group has between SIGTERM and SIGKILL. */
  readonly killDelayMs: number;
  readonly guard: ProcessGuard | undefined;
}
