import type { Digest } from '../../model/digest.ts';

/** What belongs to this host and is never in a repository. */
export interface HostConfiguration {
  /** PKCS#8 PEM, mode 0600. */
  readonly keyFile: string;
  /** The published store: shared by all clones of this user. */
  readonly storeFolder: string;
  /** May be deleted at any time at the price of time alone. */
  readonly cacheFolder: string;
  /** Who commits records. */
  readonly author: { readonly name: string; readonly email: string };
  /** Actions that run at once; absent means as many as there are CPUs. */
  readonly jobs?: number;
  /** Digest of the `trust/1.json` that verification starts from. */
  readonly trustPin?: Digest;
}
