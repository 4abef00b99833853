import type { ToolRequirement } from '../../model/tool.ts';

/** Finds the programs of this host that adapters start. */
export interface Tools {
  /** One report a requirement, in their order. Each program is asked once and remembered. */
  probe(requirements: readonly ToolRequirement[]): Promise<readonly ToolReport[]>;
}

/** What was found of one required program. */
export interface ToolReport {
  readonly requirement: ToolRequirement;
  /** Absolute path of the program; absent where there is none. */
  readonly path?: string;
  /** `2.38.1`, as it stands in what the program printed; absent where it printed none. */
  readonly version?: string;
  /** Whether it is there, and not older than the requirement's minimum. */
  readonly satisfied: boolean;
}
