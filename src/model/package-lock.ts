import type { Digest } from './digest.ts';

/**
 * The exact packages of an image: a pure function of the request and the package indexes. Kept as
 * `packages.lock.json` beside the image record; indexes and packages stay in the store by digest.
 */
export interface PackageLock {
  readonly formatVersion: 1;
  readonly distribution: string;
  readonly release: string;
  readonly architecture: string;
  /** Digest of the {@link PackageRequest} that it answers. */
  readonly request: Digest;
  /** Seconds since 1970: the date of the newest index; never in the future. */
  readonly sourceDateEpoch: number;
  readonly indexes: readonly LockedIndex[];
  /** Sorted by name, then architecture. Without what the parent's lock brought already. */
  readonly packages: readonly LockedPackage[];
}

export interface LockedIndex {
  /** `bookworm`, `bookworm-security`. */
  readonly suite: string;
  readonly component: string;
  /** The signed `InRelease` file, its digest and the `Date:` in it (ISO 8601 UTC). */
  readonly release: {
    readonly path: string;
    readonly digest: Digest;
    readonly date: string;
    readonly sizeBytes: number;
  };
  /** The uncompressed `Packages` file. */
  readonly packages: { readonly path: string; readonly digest: Digest; readonly sizeBytes: number };
}

export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Below the mirror: `pool/main/b/bash/bash_5.2.15-2+b7_amd64.deb`. */
  readonly poolPath: string;
  readonly suite: string;
  /** Asked for by name, as opposed to what it needs; what needs nothing and is not asked for can be removed by apt. */
  readonly requested?: true;
}

/** What a lock is made for. */
export interface PackageRequest {
  /** Who resolves it, by the name of the host configuration; absent for the built-in builder. */
  readonly builder?: string;
  readonly distribution: string;
  readonly release: string;
  readonly architecture: string;
  /** Which packages a tree starts from; `none` on top of a parent. */
  readonly variant: 'essential' | 'apt' | 'minbase' | 'none';
  /** Sorted names. */
  readonly packages: readonly string[];
  /** Where a Debian lock looks; empty for other builders, which know their own sources. */
  readonly suites: readonly {
    readonly suite: string;
    readonly components: readonly string[];
    readonly security: boolean;
  }[];
  /** Digest of the parent's tree, whose installed packages count as there. */
  readonly parentTree?: Digest;
}
