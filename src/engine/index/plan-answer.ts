import type { GitFolderRow } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Plan } from '../../model/plan.ts';
import type { CatalogHead } from '../../model/record.ts';
import type { RememberedPolicy } from './plan-table.ts';
import { entryText } from './root-entries.ts';
import { openSealed, sealText } from './sealed-text.ts';

const catalogFolder = 'catalog';

/** Object ids that decide an answer; equal ids mean an equal answer. */
export interface AnswerKey {
  /**
   * Entries of the desired commit's root that the desired state was read from, by name: `<mode> <id>`, empty where there
   * is none.
   */
  readonly desired: Readonly<Record<string, string>>;
  /** The same of `catalog` in the catalog commit's root. */
  readonly catalog: string;
}

/** The whole outcome of the last plan of a repository, or everything that kept it from being made. */
export type RememberedAnswer = PlanAnswer | FailedAnswer;

export interface FailedAnswer {
  readonly status: 'failed';
  /** Root tree of the desired commit: nothing but an equal one has the same findings. */
  readonly tree: string;
  /** As in {@link AnswerKey}; null where no catalog was looked at, since not even the policy could be read. */
  readonly catalog: string | null;
  /** Null where it could not be read. */
  readonly policy: Pick<RememberedPolicy, 'entry' | 'name' | 'spec'> | null;
  readonly diagnostics: readonly Diagnostic[];
}

export interface PlanAnswer {
  readonly status: 'planned';
  readonly key: AnswerKey;
  /** The earliest time at which the same inputs may lead to another plan; null for never. */
  readonly validUntil: string | null;
  readonly policy: RememberedPolicy;
  readonly plan: Omit<Plan, 'desiredCommit' | 'catalogCommit'>;
  /** Warnings about the desired state. */
  readonly warnings: readonly Diagnostic[];
  /** Findings of planning; errors among them mean that the plan must not be carried out. */
  readonly diagnostics: readonly Diagnostic[];
  readonly head: CatalogHead | null;
}

/** Goes up with every change of {@link RememberedAnswer}. */
const answerFormat = ' answer 3';

export function answerText(fingerprint: string, answer: RememberedAnswer): string {
  return sealText(fingerprint + answerFormat, JSON.stringify(answer));
}

/** Reads {@link answerText} back; nothing where it is missing, damaged, or of another version. */
export function readAnswer(fingerprint: string, text: Buffer | undefined): RememberedAnswer | undefined {
  const body = openSealed(fingerprint + answerFormat, text);
  // The seal has shown that these are the bytes which answerText wrote.
  return body === undefined ? undefined : (JSON.parse(body) as RememberedAnswer);
}

/** Roots of two commits and the time: what decides whether an answer holds. */
export interface AskedFor {
  /** Root tree of the desired commit. */
  readonly tree: string;
  readonly desired: ReadonlyMap<string, GitFolderRow>;
  readonly catalog: ReadonlyMap<string, GitFolderRow>;
  readonly now: Date;
}

export function answersFor(answer: RememberedAnswer, { tree, desired, catalog, now }: AskedFor): boolean {
  const catalogEntry = entryText(catalog.get(catalogFolder));
  if (answer.status === 'failed') {
    return answer.tree === tree && (answer.catalog === null || answer.catalog === catalogEntry);
  }
  return (
    (answer.validUntil === null || now.toISOString() < answer.validUntil) &&
    answer.key.catalog === catalogEntry &&
    Object.entries(answer.key.desired).every(([name, entry]) => entryText(desired.get(name)) === entry)
  );
}
