import type { Digest } from './digest.ts';
import type { ResourceIdentity } from './resource.ts';

/** What a person can decide. `hold` keeps a resource as it is until a `resume`. */
export type DecisionType = 'hold' | 'resume' | 'allow-empty';

/** `decisions/<yyyy>/<mm>/<id>.json`: the predicate of an in-toto Statement, signed by a person. */
export interface Decision {
  /** Time and eight hexadecimal digits, as run ids are: `20261121T030000Z-1a2b3c4d`. */
  readonly id: string;
  readonly type: DecisionType;
  readonly resource: ResourceIdentity;
  /** The change that it is about; null for one about the resource itself. */
  readonly change: Digest | null;
  readonly reason: string;
  readonly createdAt: string;
  /** It counts for nothing from then on; null for one that stands. */
  readonly expiresAt: string | null;
}

/** A decision whose signature and role were checked. */
export interface VerifiedDecision extends Decision {
  /** Keys that signed it, of those that count for its role. */
  readonly by: readonly string[];
  readonly file: string;
}
