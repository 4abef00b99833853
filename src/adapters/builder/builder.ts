import type { BlobReference } from '../../model/action.ts';
import type { PackageLock, PackageRequest } from '../../model/package-lock.ts';
import type { Result } from '../../model/result.ts';
import type { ToolRequirement } from '../../model/tool.ts';
import type { WorkContext } from '../work-context.ts';

/** Makes root file systems from packages. */
export interface Builder {
  readonly name: string;
  /** Raised when the same request would give other bytes; part of action keys. */
  readonly version: number;
  readonly yields: 'tree';
  readonly reproducible: boolean;
  readonly tools: readonly ToolRequirement[];
  /**
   * Resolves a request against the package indexes and puts indexes and packages into the cache store by digest.
   * With `indexes` of an earlier lock it resolves against exactly those and asks no mirror for newer ones.
   */
  lock(request: LockRequest, context: WorkContext): Promise<Result<PackageLock>>;
  /** A normalised tar (see src/tree) of the locked packages, or of the parent's tree with them added. */
  bootstrap(request: BootstrapRequest, context: WorkContext): Promise<Result<BlobReference>>;
}

export interface LockRequest {
  readonly request: PackageRequest;
  readonly mirror: Mirror;
  readonly indexes?: PackageLock['indexes'];
  /** Path of the parent's normalised tar, whose dpkg status counts as installed. */
  readonly parentTree?: string;
}

export interface BootstrapRequest {
  readonly lock: PackageLock;
  readonly variant: PackageRequest['variant'];
  readonly mirror: Mirror;
  /** Path of the parent's normalised tar. */
  readonly parentTree?: string;
}

/** Where packages come from when the pool does not hold them; never part of a digest. */
export interface Mirror {
  /** `http://…/debian`; absent means what the host's own apt uses. */
  readonly url?: string;
  readonly securityUrl?: string;
}
