import type { Digest } from '../../model/digest.ts';

/** What belongs to this host and is never in a repository. */
export interface HostConfiguration {
  /** PKCS#8 PEM, mode 0600. */
  readonly keyFile: string;
  /** The published store: shared by all clones of this user. */
  readonly storeFolder: string;
  /** May be deleted at any time at the price of time alone. */
  readonly cacheFolder: string;
  /** Trust domain: what a run of one domain keeps in a cache is never read by a run of another. */
  readonly cacheDomain: string;
  /** Who commits records. */
  readonly author: { readonly name: string; readonly email: string };
  /** Actions that run at once; absent means as many as there are CPUs. */
  readonly jobs?: number;
  /** Digest of the `trust/1.json` that verification starts from. */
  readonly trustPin?: Digest;
  /** Builders of this host, by the name that specs use. */
  readonly builders: ReadonlyMap<string, HostBuilder>;
}

/** A program that speaks the builder protocol (docs/builders.md). */
export interface HostBuilder {
  /** Absolute path of the program, then its arguments. */
  readonly command: readonly string[];
  /** Raised when the command makes other bytes without saying so itself; part of action keys. */
  readonly version?: string;
}
