import type { BlobReference } from './action.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Digest } from './digest.ts';

/** Everything that decides what an image is; the plan compares these and nothing else. */
export interface ImageInputs {
  /** Digest of the resolved spec. */
  readonly spec: Digest;
  /** Files of the repository that the spec names, by repository path. */
  readonly files: Readonly<Record<string, Digest>>;
  /** Digest of the bytes of packages.lock.json; null where the image adds no packages. */
  readonly lock: Digest | null;
  /** The parent image that it was built from. */
  readonly parent: { readonly name: string; readonly version: string; readonly tree: Digest } | null;
  /** The revision of its allow-list that it stands under; absent where it has no list, or the list no revision yet. */
  readonly allowList?: BoundRevision;
}

/** A revision of an allow-list, and what it means. */
export interface BoundRevision {
  readonly name: string;
  readonly revision: number;
  /** Digest of its effective set. */
  readonly set: Digest;
}

/** `catalog/images/<hh>/<name>/<version>+<build>/image.json`: immutable. */
export interface SandboxImage {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'SandboxImage';
  readonly name: string;
  /** `<spec version>+<build>`. */
  readonly version: string;
  readonly supersedes: string | null;
  /** Run that built it. */
  readonly run: string;
  /** Commit of the desired state. */
  readonly desiredCommit: string;
  readonly inputs: ImageInputs;
  /** The resolved spec, so that later plans can say which field changed. */
  readonly spec: import('./json.ts').JsonObject;
  /** Where the leaves of `spec` came from: pointer → `kind/name`, and the line there. */
  readonly origins: Readonly<Record<string, { readonly from: string; readonly line: number }>>;
  /** Digest of the package request that the lock answers; null where the image adds no packages. */
  readonly packageRequest: Digest | null;
  readonly architecture: string;
  readonly sourceDateEpoch: number;
  readonly builder: { readonly name: string; readonly reproducible: boolean };
  /** The normalised tar, uncompressed: what children are built from. */
  readonly tree: BlobReference;
  /** The images that it stands on, oldest first; empty without `from`. */
  readonly lineage: readonly Ancestor[];
  readonly artifacts: readonly BuildArtifact[];
  readonly smokeTests: readonly SmokeTestResult[];
  readonly attestations: Digest;
  readonly size: SizeReport;
}

/** An image that others are built on: its tree, and the published archive that holds it. */
export interface Ancestor {
  readonly name: string;
  /** Version of its spec, without build number: two builds of equal bytes are the same ancestor. */
  readonly specVersion: string;
  readonly tree: BlobReference;
  /** The `rootfs` artifact: the tree, zstd-compressed. */
  readonly archive: BlobReference;
  readonly sourceDateEpoch: number;
}

/** A file that people and machines use, in the store. */
export interface BuildArtifact extends BlobReference {
  readonly name: string;
  readonly format: string;
  readonly mediaType: string;
}

export interface SmokeTestResult {
  readonly name: string;
  readonly tier: 0 | 1 | 2 | 3;
  readonly outcome: 'passed' | 'failed' | 'not-run';
  /** Why it failed or was not run. */
  readonly detail?: string;
}

export interface SizeReport {
  readonly treeBytes: number;
  readonly previousTreeBytes: number | null;
  readonly budgetBytes: number | null;
  /** Installed sizes of the ten largest packages, bytes. */
  readonly largestPackages: readonly { readonly name: string; readonly sizeBytes: number }[];
}

/** `catalog/images/<hh>/<name>/state.json`. */
export interface ImageState {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'ImageState';
  readonly name: string;
  /** Version that consumers get; null before the first success. */
  readonly active: string | null;
  /** Inputs of the last check that led to the active image's bytes. */
  readonly inputs: ImageInputs | null;
  /** A failure that will not go away for the same inputs. */
  readonly failure: {
    readonly changeDigest: Digest;
    readonly run: string;
    readonly diagnostics: readonly Diagnostic[];
  } | null;
}

/** `catalog/runs/<yyyy>/<mm>/<dd>/<run id>.json`: what one reconcile tried. */
export interface ImageBuildRun {
  readonly apiVersion: 'sandkiln/v1';
  readonly kind: 'ImageBuildRun';
  /** Sortable by time: `20261120T230000Z-1a2b3c4d`. */
  readonly id: string;
  readonly engineVersion: string;
  readonly planDigest: Digest;
  readonly desiredCommit: string;
  /** The catalog commit that the plan started from; null before the first. */
  readonly catalogCommit: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: import('./event.ts').RunOutcome;
  readonly host: RunHost;
  readonly images: readonly RunImage[];
  /** Absent where no allow-list was planned. */
  readonly allowLists?: readonly RunAllowList[];
  /** How the record came to its place. Absent in records that were written before this was. */
  readonly writeBack?: RunWriteBack;
}

/** Known when the commit is computed, so of the attempts before it. */
export interface RunWriteBack {
  /** The attempt that this record was made for, from 1: each lost race adds one. */
  readonly attempt: number;
  /** Time spent between attempts. */
  readonly waitedMs: number;
  /** Token of the run's lease, greater than that of every lease before; null where it held none. */
  readonly fencingToken: number | null;
}

export interface RunHost {
  readonly platform: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly isolation: string;
  readonly unenforced: readonly string[];
}

export interface RunImage {
  readonly name: string;
  readonly changeDigest: Digest;
  readonly outcome:
    | 'built'
    | 'equal'
    | 'retired'
    | 'superseded'
    | 'not-needed'
    | 'failed'
    | 'skipped'
    | 'cancelled';
  /** The image version that this run made or confirmed. */
  readonly version: string | null;
  readonly actions: readonly RunAction[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a run did with an allow-list. */
export interface RunAllowList {
  readonly name: string;
  readonly changeDigest: Digest;
  /** `equal`: other inputs that mean the same. */
  readonly outcome: 'revised' | 'equal' | 'retired' | 'superseded';
  /** The revision that this run made or confirmed; null for one that nobody asks for any more. */
  readonly revision: number | null;
}

export interface RunAction {
  readonly id: string;
  readonly status: string;
  readonly cached: boolean;
  readonly key: Digest | null;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly tools: Readonly<Record<string, string>>;
  readonly log: BlobReference | null;
}

/**
 * What a catalog says of itself, as the predicate of an in-toto Statement in a DSSE envelope
 * (`catalog/head.json`). The statement's subject is the catalog's Merkle digest.
 */
export interface CatalogHead {
  /** One more than the previous head's. */
  readonly counter: number;
  readonly desiredCommit: string;
  /** Version of `trust/<n>.json` that the signer's role comes from. */
  readonly trustVersion: number;
  /** Digest of the previous head.json; null in the first. */
  readonly previous: Digest | null;
  readonly issuedAt: string;
  readonly expiresAt: string;
}
