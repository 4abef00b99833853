import type { BlobReference } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { PackageLock, PackageRequest } from '../../model/package-lock.ts';
import type { Result } from '../../model/result.ts';
import type { ToolRequirement, ToolVersions } from '../../model/tool.ts';
import type { WorkContext } from '../work-context.ts';

/** The builder that needs no entry in the host configuration. */
export const builtInBuilder = 'mmdebstrap';

/** The builders of this host, by the name that specs use. */
export type Builders = ReadonlyMap<string, Builder>;

/** Makes root file systems. */
export interface Builder {
  /** What specs call it. */
  readonly name: string;
  readonly yields: 'tree';
  /** Programs of this host that it starts and this program looks for. */
  readonly tools: readonly ToolRequirement[];
  /** What it says of itself; asked once, a failure is not remembered. */
  describe(): Promise<Result<BuilderDescription>>;
  /** The answer of {@link describe}, nothing before there was one. */
  described(): BuilderDescription | undefined;
  /**
   * Resolves a request against the package indexes and puts indexes and packages into the cache store by digest.
   * With `indexes` of an earlier lock it resolves against exactly those and asks no mirror for newer ones. Only called
   * where {@link BuilderDescription.locksPackages}.
   */
  lock(request: LockRequest, context: WorkContext): Promise<Result<PackageLock>>;
  /** A normalised tar (see src/tree) of what the lock and the spec name, or of the parent's tree with it added. */
  bootstrap(request: BootstrapRequest, context: WorkContext): Promise<Result<BlobReference>>;
}

/** All of it is part of action keys. */
export interface BuilderDescription {
  /** Name and version of the program itself; another version may give other bytes. */
  readonly program: string;
  readonly version: string;
  /** Whether it pins packages before it builds. */
  readonly locksPackages: boolean;
  /** Whether the same request gives the same bytes. */
  readonly reproducible: boolean;
  /** Programs that it uses, with the versions that it found. */
  readonly tools: ToolVersions;
  /** The host's own command and version of an external builder. */
  readonly command?: readonly string[];
  readonly hostVersion?: string;
}

/** What of a resolved spec a builder may read. */
export type BuilderSpec = Pick<
  PackageRequest,
  'distribution' | 'release' | 'architecture' | 'variant' | 'packages'
>;

export interface LockRequest {
  readonly request: PackageRequest;
  readonly mirror: Mirror;
  readonly indexes?: PackageLock['indexes'];
  /** Path of the parent's normalised tar, whose dpkg status counts as installed. */
  readonly parentTree?: string;
}

export interface BootstrapRequest {
  /** Nothing where the builder locks no packages, or the spec names none. */
  readonly lock?: PackageLock;
  readonly spec: BuilderSpec;
  /** Seconds since 1970: no time of the tree is later. */
  readonly sourceDateEpoch: number;
  readonly mirror: Mirror;
  /** Path of the parent's normalised tar. */
  readonly parentTree?: string;
  /** Memory that is reserved for it. */
  readonly memoryBytes?: number;
}

/** Where packages come from when the pool does not hold them; never part of a digest. */
export interface Mirror {
  /** `http://…/debian`; absent means what the host's own apt uses. */
  readonly url?: string;
  readonly securityUrl?: string;
}

/** Digests of everything that a lock names: what has to be in the pool to build without a mirror. */
export function poolDigests({
  indexes,
  packages,
}: Pick<PackageLock, 'indexes' | 'packages'>): readonly Digest[] {
  return [
    ...indexes.flatMap((index) => [index.release.digest, index.packages.digest]),
    ...packages.map((entry) => entry.digest),
  ];
}
