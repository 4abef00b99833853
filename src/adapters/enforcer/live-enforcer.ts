import type { DestinationRule } from '../../model/allow-list.ts';
import type { Digest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';
import type { EnforcerInput, Loss } from './enforcer.ts';

/** Puts an allow-list in force in a network namespace of this host, and tells what is in force there. */
export interface LiveEnforcer {
  /** What {@link LiveEnforcer.apply} would do, judged by the kernel, without doing it. Fails as it does. */
  dryRun(request: ApplyRequest): Promise<Result<PlannedApply>>;
  /**
   * Puts a list in force in one transaction, ends connections to what it no longer allows, and gives names to the
   * resolver. Done again, it changes nothing; killed at any moment, the kernel has the old list or the new one, and the
   * next try completes the rest. Fails with SK7301 (no such namespace), SK7302 (refused; the old list stays), SK7303
   * (an older head than the last one), SK7304 (head expired), SK7305 (another applier is at work), SK7306 (the
   * resolver), SK7307 (list in force, but its old connections could not be ended), SK7308 (the
   * state folder), and as compiling does.
   */
  apply(request: ApplyRequest): Promise<Result<AppliedList>>;
  /** What is in force; SK7301, SK7302. */
  read(place: ListPlace): Promise<Result<LiveState>>;
  /** Compares what is in force with a list as addresses and names; SK7301, SK7302, SK7210. */
  drift(request: DriftRequest): Promise<Result<LiveDrift>>;
  /**
   * Takes the list away: then nothing of it restricts the namespace any more. Ends its resolver; the counter of heads
   * stays. SK7301, SK7302, SK7305, SK7306.
   */
  remove(place: ListPlace): Promise<Result<void>>;
  /** Ends connections that the list in force does not allow; gives their number. SK7301, SK7302, SK7307. */
  dropConnections(place: ListPlace): Promise<Result<number>>;
}

/** A list in a network namespace. */
export interface ListPlace {
  /** `/run/netns/<name>`, `/proc/<pid>/ns/net`. */
  readonly namespacePath: string;
  readonly list: string;
  /** Of each program that is asked. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface ApplyRequest extends Omit<ListPlace, 'list'> {
  /** Timed elements count from when they are applied, which only the applier knows. */
  readonly input: Omit<EnforcerInput, 'appliedAt'>;
  readonly head: VerifiedHead;
}

export type DriftRequest = Omit<ApplyRequest, 'head'>;

/** The head of the catalog that the list comes from, after its signatures and history were verified. */
export interface VerifiedHead {
  readonly counter: number;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

export interface PlannedApply {
  /** `replace` writes the whole table; `delta` what differs. */
  readonly change: 'none' | 'delta' | 'replace';
  readonly added: number;
  readonly removed: number;
  /** Whether the resolver starts anew, for other names. */
  readonly restartsResolver: boolean;
  /** Whether addresses that names led to are to be learned again, which ends connections to them. */
  readonly forgetsLearned: boolean;
  /** What the list says and cannot be put in force. */
  readonly losses: readonly Loss[];
}

export interface AppliedList extends PlannedApply {
  readonly endedConnections: number;
}

export type LiveState =
  | { readonly state: 'absent' }
  /** A table of the list's name with something in it that sandkiln did not write. */
  | { readonly state: 'changed by others'; readonly line: string }
  /** Applied with a resolver, and asked about without its settings: what it resolves is not known. */
  | { readonly state: 'behind a resolver' }
  | {
      readonly state: 'in force';
      readonly revision: number;
      readonly headCounter: number | null;
      readonly set: Digest;
      readonly rules: readonly DestinationRule[];
      /** Whether names are resolved: `none` where the list is enforced without them. */
      readonly resolver: 'runs' | 'stopped' | 'none';
    };

export interface LiveDrift {
  readonly live: LiveState;
  /** Destinations that pass though the list denies them; the first ten. None where the list is not in force. */
  readonly allowedOnlyByKernel: readonly string[];
  /** Destinations that the list allows, and its enforcer can say, which do not pass; the first ten. None as above. */
  readonly allowedOnlyByList: readonly string[];
  /** None of the above, the revision in force is the list's, and its resolver runs where it has one. */
  readonly inStep: boolean;
}
