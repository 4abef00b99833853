/** A program of the host that an adapter starts. */
export interface ToolRequirement {
  /** As found in PATH: `mmdebstrap`. */
  readonly command: string;
  /** Arguments that make it print its version. */
  readonly versionArguments: readonly string[];
  /** Lowest version that works, compared number by number. */
  readonly minimum?: string;
  /** Debian package that brings it. */
  readonly debianPackage: string;
  /** What it is for: `packs squashfs`. */
  readonly purpose: string;
}

/** Installed tools by command, with the version that each printed. */
export type ToolVersions = Readonly<Record<string, string>>;
