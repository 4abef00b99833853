import type { ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Columns, columnsFrom, columnsOf } from './columns.ts';
import { openSealed, sealText } from './sealed-text.ts';

/** A document of the desired state and what came of it. */
export const documentFields = [
  /** Folder that its file is in; empty for the root. */
  'folder',
  'file',
  /** Blob. */
  'id',
  'kind',
  'name',
  /** ` Kind/name ` of everything that it refers to, with one space between two; empty where there is nothing. */
  'references',
  /** Repository files that its resolved spec names: a JSON list, or empty. */
  'sources',
  /** `version` of its resolved spec, as text; empty where it has none. */
  'version',
  /** Warnings about it: a JSON list, or empty. */
  'warnings',
  /** Its change in the plan as JSON; empty where there is none. */
  'change',
] as const;
export type DocumentField = (typeof documentFields)[number];

/** An image that the catalog knows. */
export const imageFields = [
  'name',
  /** Two digits: the folder of `catalog/images/` that it is in. */
  'prefix',
  /** Tree of its own folder. */
  'id',
  /** Active version, or empty. */
  'active',
  /** Kinds that have no resource of its name and that plan images, separated by spaces. */
  'orphanOf',
] as const;
export type ImageField = (typeof imageFields)[number];

/** A repository file that a spec names. */
export const fileFields = ['path', 'mode', 'id', 'digest'] as const;
export type FileField = (typeof fileFields)[number];

/** Tree of every folder of the desired state and of every one directly below catalog/images/; root entries as `/name`. */
export const folderFields = ['path', 'id'] as const;
export type FolderField = (typeof folderFields)[number];

/**
 * What is remembered of the last plan, so that the next one looks only at what changed. Everything in it is bound to
 * git object ids, and rows say nothing that another computation from the same objects would not say.
 */
export interface PlanTable {
  readonly documents: Columns<DocumentField>;
  readonly images: Columns<ImageField>;
  readonly files: Columns<FileField>;
  readonly folders: Columns<FolderField>;
  /** Nothing before the first plan. */
  readonly policy: RememberedPolicy | null;
}

/** The resolved resource of `sandkiln.yaml`, without the places of its values. */
export interface RememberedPolicy {
  /** `<mode> <id>` of the file; empty where there is none. */
  readonly entry: string;
  readonly name: string;
  readonly spec: JsonObject;
  /** Warnings about the repository as a whole. */
  readonly warnings: readonly Diagnostic[];
}

export const emptyTable: PlanTable = {
  documents: columnsOf(documentFields, []),
  images: columnsOf(imageFields, []),
  files: columnsOf(fileFields, []),
  folders: columnsOf(folderFields, []),
  policy: null,
};

const layout = {
  documents: documentFields,
  images: imageFields,
  files: fileFields,
  folders: folderFields,
} as const;

/** A table with other columns is one of another version. */
const layoutText = JSON.stringify(layout);

/** Text of a table: a line with the length of every column, then the columns. */
export function tableText(fingerprint: string, table: PlanTable): string {
  const counts: Partial<Record<(typeof partNames)[number], number>> = {};
  const texts: string[] = [];
  for (const part of partNames) {
    counts[part] = table[part].count;
    texts.push(...textsOf<string>(table[part], layout[part]));
  }
  const lengths = texts.map((text) => text.length);
  return sealText(
    fingerprint + layoutText,
    `${JSON.stringify({ counts, lengths, policy: table.policy })}\n${texts.join('')}`,
  );
}

function textsOf<Field extends string>(columns: Columns<Field>, fields: readonly Field[]): readonly string[] {
  return fields.map((field) => columns.text(field));
}

/** Reads {@link tableText} back; nothing where it is missing, damaged, or of another version. */
export function readTable(fingerprint: string, text: string | undefined): PlanTable | undefined {
  const body = openSealed(fingerprint + layoutText, text);
  if (body === undefined) {
    return undefined;
  }
  const end = body.indexOf('\n');
  // The seal has shown that these are the bytes which tableText wrote.
  const { counts, lengths, policy } = JSON.parse(body.slice(0, end)) as {
    readonly counts: Readonly<Record<(typeof partNames)[number], number>>;
    readonly lengths: readonly number[];
    readonly policy: RememberedPolicy | null;
  };
  let offset = end + 1;
  let next = 0;
  const cut = <Field extends string>(fields: readonly Field[], count: number): Columns<Field> => {
    const texts = fields.map(() => {
      const length = lengths[next] ?? 0;
      next += 1;
      offset += length;
      return body.slice(offset - length, offset);
    });
    return columnsFrom(fields, count, texts);
  };
  return {
    documents: cut(documentFields, counts.documents),
    images: cut(imageFields, counts.images),
    files: cut(fileFields, counts.files),
    folders: cut(folderFields, counts.folders),
    policy,
  };
}

const partNames = ['documents', 'images', 'files', 'folders'] as const;

/** The cell of a list: JSON, or nothing for an empty one. */
export function listCell(list: readonly unknown[]): string {
  return list.length === 0 ? '' : JSON.stringify(list);
}

export function documentPath(documents: Columns<DocumentField>, row: number): string {
  const folder = documents.cell('folder', row);
  const file = documents.cell('file', row);
  return folder === '' ? file : `${folder}/${file}`;
}

/** The row of `sandkiln.yaml`, or none. */
export function policyRows(documents: Columns<DocumentField>): readonly number[] {
  return documents.rowsWith('file', 'sandkiln.yaml').filter((row) => documents.cell('folder', row) === '');
}

/** The paths of a `sources` cell. */
export function pathsOfCell(cell: string): readonly string[] {
  return cell === '' ? [] : (JSON.parse(cell) as readonly string[]);
}

/** An object id as a table holds it. */
export function rememberedId(cell: string): ObjectId {
  return cell as ObjectId;
}
