import type { ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JsonObject } from '../../model/json.ts';
import { type Columns, columnsOf } from './columns.ts';
import { type PatchedColumns, unpatched } from './patched-columns.ts';

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
  /** Short digest of what it says, comments and layout aside. */
  'value',
  /** Short digest of its resolved spec. */
  'digest',
  /** Warnings about it: a JSON list, or empty. */
  'warnings',
  /** Its change in the plan as JSON; empty where there is none. */
  'change',
  /** When it must be planned again though nothing changed: ISO 8601 UTC; empty for never. */
  'validUntil',
] as const;
export type DocumentField = (typeof documentFields)[number];

/** Something that the catalog keeps a folder for: `catalog/<folder>/<name>`. */
export const entryFields = [
  'name',
  /** `images/3f`: what its planner calls its folder, and two digits. */
  'folder',
  /** Tree of its own folder. */
  'id',
  /** Active version, or empty. */
  'active',
  /** `orphan` where no resource of the planner's kind has its name, else empty. */
  'orphan',
] as const;
export type EntryField = (typeof entryFields)[number];

/** A repository file that a spec names. */
export const fileFields = ['path', 'mode', 'id', 'digest'] as const;
export type FileField = (typeof fileFields)[number];

/**
 * Tree of every folder of the desired state, of `catalog`, and of every `catalog/<folder>` with entries; root entries as
 * `/name`.
 */
export const folderFields = ['path', 'id'] as const;
export type FolderField = (typeof folderFields)[number];

/**
 * What is remembered of the last plan, so that the next one looks only at what changed. Everything in it is bound to
 * git object ids, and rows say nothing that another computation from the same objects would not say.
 */
export interface PlanTable {
  readonly documents: PatchedColumns<DocumentField>;
  readonly entries: PatchedColumns<EntryField>;
  readonly files: PatchedColumns<FileField>;
  readonly folders: PatchedColumns<FolderField>;
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
  documents: unpatched(columnsOf(documentFields, [])),
  entries: unpatched(columnsOf(entryFields, [])),
  files: unpatched(columnsOf(fileFields, [])),
  folders: unpatched(columnsOf(folderFields, [])),
  policy: null,
};

/** The cell of a list: JSON, or nothing for an empty one. */
export function listCell(list: readonly unknown[]): string {
  return list.length === 0 ? '' : JSON.stringify(list);
}

export function documentPath(documents: Columns<DocumentField>, row: number): string {
  const folder = documents.cell('folder', row);
  const file = documents.cell('file', row);
  return folder === '' ? file : `${folder}/${file}`;
}

/** Folder and file of a path, as a row has them. */
export function splitPath(path: string): { readonly folder: string; readonly file: string } {
  const slash = path.lastIndexOf('/');
  return { folder: path.slice(0, Math.max(slash, 0)), file: path.slice(slash + 1) };
}

/** The row of `sandkiln.yaml`, or none. */
export function policyRows(documents: Columns<DocumentField>): readonly number[] {
  return documents.rowsWith('file', 'sandkiln.yaml').filter((row) => documents.cell('folder', row) === '');
}

/** The paths of a `sources` cell. */
export function pathsOfCell(cell: string): readonly string[] {
  return cell === '' ? [] : (JSON.parse(cell) as readonly string[]);
}

/** The identities of a `references` cell. */
export function referencesOfCell(cell: string): readonly string[] {
  return cell === '' ? [] : cell.slice(1, -1).split(' ');
}

/** An object id as a table holds it. */
export function rememberedId(cell: string): ObjectId {
  return cell as ObjectId;
}
