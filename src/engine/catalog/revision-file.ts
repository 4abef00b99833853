import { Buffer, isUtf8 } from 'node:buffer';
import { changesetOfRecord, changesetRecord } from '../../allow-list/entry-record.ts';
import type { AllowListRevision } from '../../model/allow-list-record.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { hasShape } from '../../model/shape.ts';
import { readPlainYaml } from '../desired/plain-yaml.ts';
import { yamlLibrary } from '../desired/yaml-library.ts';
import { type LongChangeset, type RevisionRecord, revisionRecordShape } from './allow-list-shapes.ts';

/** Largest revision file that is parsed: longer changesets stand in the store. */
const revisionLimitBytes = 2 * 1024 * 1024;

/** A revision as YAML that people read: the same bytes for the same revision. */
export function revisionBytes({ changeset, ...rest }: AllowListRevision): Uint8Array {
  return recordBytes({
    ...rest,
    changeset: isLongChangeset(changeset) ? changeset : changesetRecord(changeset),
  });
}

/**
 * Reads a revision's file: SK8050 where it is none. With `exact`, SK8051 where it is not written as the engine writes it;
 * readers that compare its digest, or look at who signed it, need not ask.
 */
export function parseRevision(
  bytes: Uint8Array,
  file: string,
  form: 'exact' | 'as-is' = 'as-is',
): Result<AllowListRevision> {
  const parsed = parseYaml(bytes);
  if (parsed === undefined || !hasShape(revisionRecordShape, parsed)) {
    const problem = parsed === undefined ? undefined : revisionRecordShape.problem(parsed, '');
    const why =
      problem === undefined
        ? 'it is not one YAML document within bounds'
        : `${problem.pointer || 'the record'} is not ${problem.expected}`;
    return failure(damaged('SK8050', `${file} is not a revision: ${why}`, file));
  }
  const { changeset, ...rest } = parsed;
  const revision = {
    ...rest,
    changeset: isLongChangeset(changeset) ? changeset : changesetOfRecord(changeset),
  };
  // Written again from what was understood, so that nothing stands there that is not.
  return form === 'as-is' || Buffer.compare(revisionBytes(revision), bytes) === 0
    ? success(revision)
    : failure(damaged('SK8051', `${file} is not written as the engine writes revisions`, file));
}

export function isLongChangeset(
  changeset: AllowListRevision['changeset'] | RevisionRecord['changeset'],
): changeset is LongChangeset {
  return 'blob' in changeset;
}

function recordBytes(record: RevisionRecord): Uint8Array {
  const { apiVersion, kind, name, revision, previous, createdAt, run, desiredCommit, ...rest } = record;
  const { cause, inputs, set, validUntil, decisions, changeset } = rest;
  const { digest, sizeBytes, entries } = set;
  return Buffer.from(
    yamlLibrary().stringify(
      {
        apiVersion,
        kind,
        name,
        revision,
        previous,
        createdAt,
        run,
        desiredCommit,
        cause: { type: cause.type, commits: cause.commits },
        inputs: inputs && { specs: inputs.specs, files: inputs.files, alwaysDeny: inputs.alwaysDeny },
        set: { digest, sizeBytes, entries },
        validUntil,
        decisions,
        changeset,
      },
      { lineWidth: 0, aliasDuplicateObjects: false },
    ),
  );
}

function parseYaml(bytes: Uint8Array): unknown {
  if (bytes.length > revisionLimitBytes || !isUtf8(bytes)) {
    return undefined;
  }
  const text = Buffer.from(bytes).toString('utf8');
  const plain = readPlainYaml(text);
  if (plain !== undefined) {
    return plain;
  }
  const document = yamlLibrary().parseDocument(text, {
    version: '1.2',
    schema: 'core',
    uniqueKeys: true,
  });
  if (document.errors.length > 0) {
    return undefined;
  }
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    // An alias: the engine writes none.
    return undefined;
  }
}

function damaged(code: 'SK8050' | 'SK8051', message: string, file: string): Diagnostic {
  return {
    code,
    severity: 'error',
    message,
    hint: 'restore the file from the commit that wrote it; only the engine writes to the catalog',
    place: { file },
  };
}
