import { type ChangesetRecord, changesetRecordShape } from '../../allow-list/entry-record.ts';
import type { BlobReference } from '../../model/action.ts';
import type {
  AllowListInputs,
  AllowListRevision,
  AllowListState,
  RevisionCause,
} from '../../model/allow-list-record.ts';
import {
  countShape,
  digestShape,
  guardShape,
  listShape,
  literalShape,
  mapShape,
  nullable,
  patternShape,
  recordShape,
  type Shape,
  textShape,
  timeShape,
  unionShape,
} from '../../model/shape.ts';
import { isResourceName, isRevision, isRunId } from './paths.ts';

const nameShape = guardShape(isResourceName, 'a resource name');
const revisionShape = guardShape(isRevision, 'a revision');
const commitShape = patternShape(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a commit');
const blobFields = { digest: digestShape, sizeBytes: countShape } as const;
const blobShape = recordShape<BlobReference>(blobFields);

const inputsShape: Shape<AllowListInputs> = recordShape<AllowListInputs>({
  specs: mapShape(digestShape, 10_000),
  files: mapShape(digestShape, 10_000),
  alwaysDeny: digestShape,
});

/** `state.json` of an allow-list. */
export const allowListStateShape: Shape<AllowListState> = recordShape<AllowListState>({
  apiVersion: literalShape('sandkiln/v1'),
  kind: literalShape('AllowListState'),
  name: nameShape,
  revision: revisionShape,
  digest: digestShape,
  inputs: nullable(inputsShape),
  validUntil: nullable(timeShape),
});

/** A revision as its file has it: entries as people read them. */
export type RevisionRecord = Omit<AllowListRevision, 'changeset'> & {
  readonly changeset: ChangesetRecord | LongChangeset;
};
export type LongChangeset = Extract<AllowListRevision['changeset'], { readonly blob: BlobReference }>;

const longChangesetShape: Shape<LongChangeset> = recordShape<LongChangeset>({
  blob: blobShape,
  added: countShape,
  removed: countShape,
  changed: countShape,
});

/** A revision's YAML, parsed. */
export const revisionRecordShape: Shape<RevisionRecord> = recordShape<RevisionRecord>({
  apiVersion: literalShape('sandkiln/v1'),
  kind: literalShape('AllowListRevision'),
  name: nameShape,
  revision: revisionShape,
  previous: nullable(digestShape),
  createdAt: timeShape,
  run: guardShape(isRunId, 'a run id'),
  desiredCommit: commitShape,
  cause: recordShape<RevisionCause>({
    type: unionShape<RevisionCause['type']>({ commit: true, rollback: true, expiry: true, retirement: true }),
    commits: listShape(commitShape, 100_000),
  }),
  inputs: nullable(inputsShape),
  set: recordShape<AllowListRevision['set']>({ ...blobFields, entries: countShape }),
  validUntil: nullable(timeShape),
  decisions: listShape(textShape(100), 1000),
  changeset: {
    problem: (value, pointer) =>
      isLong(value)
        ? longChangesetShape.problem(value, pointer)
        : changesetRecordShape.problem(value, pointer),
  },
});

function isLong(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'blob' in value;
}
