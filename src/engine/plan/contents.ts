import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import type { Store } from '../../adapters/store/store.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Change } from '../../model/plan.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { Result } from '../../model/result.ts';
import type { ReadRevision } from '../catalog/read-allow-list.ts';
import type { Decisions } from '../decisions/decisions.ts';

/** A kind whose specs name files that say what a change means: digests tell that there is one, contents what it is. */
export interface ContentsOfKind {
  readonly kind: string;
  /** Findings about the contents of all its resources, which need no catalog: what `validate` tells. */
  check(context: ContentsContext): Promise<readonly Diagnostic[]>;
  /** A change with reasons and conditions that follow from contents. Never another identity, inputs or digest. */
  detail(change: Change, context: DetailContext): Promise<Result<DetailedChange>>;
}

/** What contents are read from. */
export interface ContentsContext {
  /** Resolved resources of the kind, sorted by name: those of the changes and all that they refer to, or all. */
  readonly resources: readonly ResolvedResource[];
  /** The resolved `spec` of `sandkiln.yaml`. */
  readonly policy: JsonObject;
  /** A repository file that some resource names. */
  file(path: string): Promise<Result<Uint8Array>>;
}

export interface DetailContext extends ContentsContext {
  readonly git: Pick<GitObjects, 'objectAt' | 'readBlob'>;
  /** The commit that carries the catalog; absent where there is none yet. */
  readonly catalogCommit: CommitId | undefined;
  readonly store: Pick<Store, 'has' | 'readSmall'>;
  /** Why nobody who counts vouches for a revision of the catalog. */
  unattested(revision: ReadRevision): Promise<readonly Diagnostic[]>;
  readonly decisions: Decisions;
  readonly now: Date;
}

export interface DetailedChange {
  readonly change: Change;
  /** What is wrong with the contents; errors mean that the plan must not be carried out. */
  readonly diagnostics: readonly Diagnostic[];
}
