/** Who carries out a run: a process of a host. */
export interface RunOwner {
  /** Host name. */
  readonly host: string;
  /** The running system and its process numbers, so that its own dead processes can be told; not readable back. */
  readonly machine: string;
  readonly process: number;
  /** When the process started, in the units of the system: numbers come again. */
  readonly processStart: string;
}

/** Tells runs of this machine apart from dead ones. */
export interface RunOwners {
  /** This process. */
  self(): Promise<RunOwner>;
  /** True only where the owner was a process of this very system and is not there any more. */
  isDead(owner: RunOwner): Promise<boolean>;
}
