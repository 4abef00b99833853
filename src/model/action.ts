import type { Diagnostic } from './diagnostic.ts';
import type { Digest } from './digest.ts';
import type { JsonObject } from './json.ts';
import type { ResourceIdentity } from './resource.ts';

declare const actionBrand: unique symbol;

/** `<kind>/<name>/<stage>` and, where a stage runs more than once, `:<part>`. */
export type ActionId = string & { readonly [actionBrand]: true };

export function actionId(identity: ResourceIdentity, stage: string, part?: string): ActionId {
  return `${identity.kind}/${identity.name}/${stage}${part === undefined ? '' : `:${part}`}` as ActionId;
}

/**
 * `pure`: the output follows from the key, so it is cached. `effect`: changes something outside and can be
 * repeated without harm. `wait`: resumable waiting.
 */
export type EffectClass = 'pure' | 'effect' | 'wait';

/** One stage applied to one resource: a node of the graph. */
export interface Action {
  readonly id: ActionId;
  readonly resource: ResourceIdentity;
  readonly stage: string;
  readonly effect: EffectClass;
  /** What must have ended before it starts. */
  readonly needs: readonly ActionId[];
  /** Everything declared that the stage reads; part of the action key. */
  readonly input: JsonObject;
  /** The process tree of the action is ended after this time; part of the action key. */
  readonly timeoutMs: number;
  readonly warnAfterMs?: number;
  /**
   * What it takes of the host while it runs; default one CPU. CPUs, virtual machines and network transfers are
   * counted, memory and disk (scratch space) are bytes. With no disk at all (0) it gets no scratch folder.
   */
  readonly uses?: Partial<Readonly<Record<ResourceClass, number>>>;
  /** CPUs that its programs may run on; not in the key, as it changes no byte. */
  readonly cpus?: number;
  /** Expected duration, for the longest-remaining-path order; a guess is enough. */
  readonly expectedMs?: number;
}

export type ResourceClass = 'cpu' | 'memory' | 'disk' | 'kvm' | 'network';

/** A blob in a store. */
export interface BlobReference {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** What a stage gives back: blobs by name, and small data that later stages and the record read. */
export interface StageOutput {
  readonly blobs: Readonly<Record<string, BlobReference>>;
  readonly data: JsonObject;
  /** Blobs that `data` or another blob names: a cached output counts only while the cache store has these too. */
  readonly alsoNeeded?: readonly BlobReference[];
  /** Set where the stage found that nothing of the rest of its resource has to run. */
  readonly notNeeded?: string;
}

/** How an action ended. */
export type ActionResult =
  | ({ readonly status: 'succeeded'; readonly cached: boolean; readonly output: StageOutput } & ActionTimes)
  | ({ readonly status: 'failed'; readonly diagnostics: readonly Diagnostic[] } & ActionTimes)
  | { readonly status: 'not-needed'; readonly reason: string; readonly output?: StageOutput }
  | { readonly status: 'skipped'; readonly because: ActionId }
  | { readonly status: 'cancelled' }
  /** A newer desired commit, `by`, asks for something else of its resource. */
  | { readonly status: 'superseded'; readonly by: string };

export interface ActionTimes {
  /** Key of the action cache, absent for effects. */
  readonly key?: Digest;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Tools and versions that the action used. */
  readonly tools: Readonly<Record<string, string>>;
  /** The action's log in the cache store. */
  readonly log?: BlobReference;
}
