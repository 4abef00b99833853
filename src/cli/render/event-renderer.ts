import type { Emit } from '../../model/event.ts';

/** Shows the events of a run while they come. */
export interface EventRenderer {
  readonly emit: Emit;
  /** Waits until everything is shown. Events after this are still shown, a line each. */
  end(): Promise<void>;
}

/** Where a renderer writes. */
export interface TextTarget {
  write(text: string): unknown;
}
