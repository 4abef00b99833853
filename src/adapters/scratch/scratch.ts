import type { Result } from '../../model/result.ts';

/** A folder that an action may fill and that is gone when the action ends. */
export interface ScratchFolder extends AsyncDisposable {
  readonly path: string;
  /** Whether it lies in memory. */
  readonly inMemory: boolean;
}

export interface Scratch {
  /** In memory where `expectedBytes` leaves enough of it free, else on disk; without an expectation on disk. */
  create(label: string, expectedBytes: number | undefined): Promise<Result<ScratchFolder>>;
}
