import { randomUUID } from 'node:crypto';
import { columnsFrom, type FlatColumns } from './columns.ts';
import { compacted, type PatchedColumns, patchedColumns, patchSize } from './patched-columns.ts';
import {
  documentFields,
  emptyTable,
  entryFields,
  fileFields,
  folderFields,
  type PlanTable,
} from './plan-table.ts';
import { openSealed, sealText } from './sealed-text.ts';

/** What two files hold of a table: a base, and what came and went since it was written. */
export interface TableTexts {
  readonly base: string | undefined;
  readonly patch: string | undefined;
}

/** A table as it was read, and the mark of the base that its patch belongs to. */
export interface ReadTable {
  readonly table: PlanTable;
  /** Nothing where no base could be read. */
  readonly mark: string | undefined;
}

const layout = {
  documents: documentFields,
  entries: entryFields,
  files: fileFields,
  folders: folderFields,
} as const;
const partNames = ['documents', 'entries', 'files', 'folders'] as const;
type PartName = (typeof partNames)[number];

/** A table with other columns is one of another version. */
const layoutText = JSON.stringify(layout);

/**
 * The texts of a table that have to be written. The base alone where it was never written or much of it is not so any
 * more; else only a patch, which counts for that base and no other. A patch that another process left beside a newer
 * base is no patch, and a base alone is what an earlier plan remembered: both are right to go on from.
 */
export function tableTexts(fingerprint: string, table: PlanTable, mark: string | undefined): TableTexts {
  return mark === undefined || isMuch(table)
    ? { base: baseText(fingerprint, table), patch: undefined }
    : { base: undefined, patch: sealText(patchOf(fingerprint, mark), patchBody(table)) };
}

/** Rows in a patch that are worth writing the base again. */
function isMuch({ documents, entries, files, folders }: PlanTable): boolean {
  const changed = [documents, entries, files, folders].reduce((sum, part) => sum + patchSize(part), 0);
  return changed > 64 + documents.base.count / 64;
}

function baseText(fingerprint: string, { policy, ...parts }: PlanTable): string {
  return sealText(
    fingerprint + layoutText,
    encoded({ policy, mark: randomUUID() }, [
      textsOf(compacted(parts.documents).base),
      textsOf(compacted(parts.entries).base),
      textsOf(compacted(parts.files).base),
      textsOf(compacted(parts.folders).base),
    ]),
  );
}

function patchBody({ policy, ...parts }: PlanTable): string {
  return encoded({ policy, dropped: partNames.map((name) => [...parts[name].dropped]) }, [
    textsOf(parts.documents.extra),
    textsOf(parts.entries.extra),
    textsOf(parts.files.extra),
    textsOf(parts.folders.extra),
  ]);
}

function patchOf(fingerprint: string, mark: string): string {
  return `${fingerprint + layoutText} after ${mark}`;
}

/** A line with the length of every column, then the columns. */
function encoded(first: object, parts: readonly PartTexts[]): string {
  const texts = parts.flatMap((part) => part.texts);
  const line = {
    ...first,
    counts: parts.map(({ count }) => count),
    lengths: texts.map(({ length }) => length),
  };
  return `${JSON.stringify(line)}\n${texts.join('')}`;
}

interface PartTexts {
  readonly count: number;
  readonly texts: readonly string[];
}

function textsOf<Field extends string>({ count, fields, text }: FlatColumns<Field>): PartTexts {
  return { count, texts: fields.map(text) };
}

/** What two files hold of {@link TableTexts}, in UTF-8. */
export interface TableBytes {
  readonly base: Buffer | undefined;
  readonly patch: Buffer | undefined;
}

/** Reads {@link tableTexts} back; the empty table where they are missing, damaged, or of another version. */
export function readTable(fingerprint: string, { base, patch }: TableBytes): ReadTable {
  const body = openSealed(fingerprint + layoutText, base);
  if (body === undefined) {
    return { table: emptyTable, mark: undefined };
  }
  const written = decoded(body);
  const later = openSealed(patchOf(fingerprint, written.mark), patch);
  const since = later === undefined ? undefined : decoded(later);
  const part = <Field extends string>(fields: readonly Field[], name: PartName): PatchedColumns<Field> =>
    patchedColumns(
      written.columns(fields, name),
      new Set(since?.dropped[partNames.indexOf(name)]),
      since?.columns(fields, name) ?? columnsFrom(fields, 0, []),
    );
  return {
    table: {
      documents: part(documentFields, 'documents'),
      entries: part(entryFields, 'entries'),
      files: part(fileFields, 'files'),
      folders: part(folderFields, 'folders'),
      policy: since === undefined ? written.policy : since.policy,
    },
    mark: written.mark,
  };
}

function decoded(body: string) {
  const end = body.indexOf('\n');
  // The seal has shown that these are the bytes which `encoded` wrote.
  const {
    counts,
    lengths,
    policy,
    mark = '',
    dropped = [],
  } = JSON.parse(body.slice(0, end)) as {
    readonly counts: readonly number[];
    readonly lengths: readonly number[];
    readonly policy: PlanTable['policy'];
    readonly mark?: string;
    readonly dropped?: readonly (readonly number[])[];
  };
  let offset = end + 1;
  const texts = lengths.map((length) => {
    offset += length;
    return body.slice(offset - length, offset);
  });
  return { policy, mark, dropped, columns };

  function columns<Field extends string>(fields: readonly Field[], name: PartName): FlatColumns<Field> {
    const index = partNames.indexOf(name);
    const first = partNames.slice(0, index).reduce((sum, before) => sum + layout[before].length, 0);
    return columnsFrom(fields, counts[index] ?? 0, texts.slice(first, first + fields.length));
  }
}
