/** Measures spans of time: what it reads only grows, whatever is done to the time of day meanwhile. */
export interface Stopwatch {
  /** Milliseconds since a moment that stays the same as long as the program runs. */
  readMs(): number;
}
