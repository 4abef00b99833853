/** Calls back later; tests decide when. */
export interface Timer {
  /** Calls once after the time, unless cancelled before. */
  after(delayMs: number, call: () => void): TimerHandle;
}

export interface TimerHandle {
  cancel(): void;
}
