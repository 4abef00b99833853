/** The only way to the time of day, so that tests decide what it is. */
export interface Clock {
  now(): Date;
}
