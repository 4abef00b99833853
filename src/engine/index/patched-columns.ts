import { type Columns, columnsOf, type FlatColumns, joinColumns, type Row } from './columns.ts';

/**
 * Rows that were written once, without those that went away since, and with those that came. What came and went is small
 * beside the rest and is written by itself, so that the cost of remembering follows what changed.
 */
export interface PatchedColumns<Field extends string> extends Columns<Field> {
  readonly base: FlatColumns<Field>;
  /** Rows of the base that are no more. */
  readonly dropped: ReadonlySet<number>;
  /** Further rows; they are numbered on from those of the base. */
  readonly extra: FlatColumns<Field>;
}

export function patchedColumns<Field extends string>(
  base: FlatColumns<Field>,
  dropped: ReadonlySet<number>,
  extra: FlatColumns<Field>,
): PatchedColumns<Field> {
  const first = base.count;
  const isThere = (row: number) => !dropped.has(row);
  const both = (rows: readonly number[], further: readonly number[]) => [
    ...(dropped.size === 0 ? rows : rows.filter(isThere)),
    ...further.map((row) => row + first),
  ];
  return {
    base,
    dropped,
    extra,
    count: first - dropped.size + extra.count,
    entries: (field) => [
      ...(dropped.size === 0 ? base.entries(field) : base.entries(field).filter(([row]) => isThere(row))),
      ...extra.entries(field).map(([row, cell]) => [row + first, cell] as const),
    ],
    cell: (field, row) => (row < first ? base.cell(field, row) : extra.cell(field, row - first)),
    rowsWith: (field, cell) => both(base.rowsWith(field, cell), extra.rowsWith(field, cell)),
    countWith(field, cell) {
      const gone = [...dropped].filter((row) => base.cell(field, row) === cell);
      return base.countWith(field, cell) - gone.length + extra.countWith(field, cell);
    },
    rowsHolding: (field, part) => both(base.rowsHolding(field, part), extra.rowsHolding(field, part)),
    rowsFilled: (field) => both(base.rowsFilled(field), extra.rowsFilled(field)),
  };
}

export function unpatched<Field extends string>(base: FlatColumns<Field>): PatchedColumns<Field> {
  return patchedColumns(base, new Set(), columnsOf(base.fields, []));
}

/** The rows but for some, and further ones. */
export function replaceRows<Field extends string>(
  columns: PatchedColumns<Field>,
  dropped: ReadonlySet<number>,
  added: readonly FlatColumns<Field>[],
): PatchedColumns<Field> {
  const { base, extra } = columns;
  const ofBase = [...dropped].filter((row) => row < base.count);
  const ofExtra = [...dropped].filter((row) => row >= base.count).map((row) => row - base.count);
  return patchedColumns(
    base,
    new Set([...columns.dropped, ...ofBase]),
    joinColumns(extra, new Set(ofExtra), added),
  );
}

/** All rows as a base without a patch. */
export function compacted<Field extends string>(columns: PatchedColumns<Field>): PatchedColumns<Field> {
  return unpatched(joinColumns(columns.base, columns.dropped, [columns.extra]));
}

/** Number of rows that came and went since the base was written. */
export function patchSize({ dropped, extra }: PatchedColumns<string>): number {
  return dropped.size + extra.count;
}

export function rowAt<Field extends string>(columns: PatchedColumns<Field>, row: number): Row<Field> {
  return Object.fromEntries(
    columns.base.fields.map((field) => [field, columns.cell(field, row)]),
  ) as Row<Field>;
}

/** Exactly these rows, of which no two have the same first field; those that are there as they are stay. */
export function matchRows<Field extends string>(
  columns: PatchedColumns<Field>,
  wanted: readonly Row<Field>[],
): PatchedColumns<Field> {
  const { fields } = columns.base;
  const textOf = (row: Row<Field>) => fields.map((field) => row[field]).join('\0');
  const missing = new Map(wanted.map((row) => [textOf(row), row]));
  const [key] = fields;
  const dropped = new Set<number>();
  for (const [row] of key === undefined ? [] : columns.entries(key)) {
    if (!missing.delete(textOf(rowAt(columns, row)))) {
      dropped.add(row);
    }
  }
  return replaceRows(columns, dropped, [columnsOf(fields, [...missing.values()])]);
}
