/**
 * Rows of text, held as one text a column, in which every cell ends with a NUL: paths and JSON hold none. So a table of
 * a hundred thousand rows is read, searched and written again without making a string of every cell.
 */
export interface FlatColumns<Field extends string> extends Columns<Field> {
  readonly fields: readonly Field[];
  text(field: Field): string;
  /** Where a cell stands in the text of its column. */
  boundsOf(field: Field, row: number): { readonly start: number; readonly end: number };
}

/** Rows of cells; a row is named by a number, and not every number has a row. */
export interface Columns<Field extends string> {
  /** Number of rows. */
  readonly count: number;
  /** All cells of a column with their rows. */
  entries(field: Field): readonly (readonly [row: number, cell: string])[];
  cell(field: Field, row: number): string;
  /** Rows whose cell is this text, which is not empty. */
  rowsWith(field: Field, cell: string): readonly number[];
  /** Number of rows whose cell is this text, which is not empty. */
  countWith(field: Field, cell: string): number;
  /** Rows whose cell holds this text. */
  rowsHolding(field: Field, part: string): readonly number[];
  /** Rows whose cell is not empty. */
  rowsFilled(field: Field): readonly number[];
}

export type Row<Field extends string> = Readonly<Record<Field, string>>;

const end = '\0';

/** Rows by the texts of their columns, in the order of the fields; they are numbered from 0. */
export function columnsFrom<Field extends string>(
  fields: readonly Field[],
  count: number,
  texts: readonly string[],
): FlatColumns<Field> {
  const ends = new Map<Field, Uint32Array>();

  function text(field: Field): string {
    return texts[fields.indexOf(field)] ?? '';
  }

  /** Where each cell of a column ends. */
  function endsOf(field: Field): Uint32Array {
    const known = ends.get(field) ?? findEnds(text(field), count);
    ends.set(field, known);
    return known;
  }

  function startOf(field: Field, row: number): number {
    return row === 0 ? 0 : (endsOf(field)[row - 1] ?? 0) + 1;
  }

  /** The row in whose cell an offset lies. */
  function rowAtOffset(field: Field, offset: number): number {
    const found = endsOf(field);
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((found[middle] ?? 0) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  return {
    fields,
    count,
    text,
    entries: (field) => [...text(field).split(end).slice(0, count).entries()],
    cell: (field, row) => text(field).slice(startOf(field, row), endsOf(field)[row]),
    boundsOf: (field, row) => ({ start: startOf(field, row), end: endsOf(field)[row] ?? 0 }),
    rowsWith(field, cell) {
      const whole = text(field);
      const rows: number[] = [];
      if (whole.startsWith(cell + end)) {
        rows.push(0);
      }
      const wanted = end + cell + end;
      for (let at = whole.indexOf(wanted); at !== -1; at = whole.indexOf(wanted, at + 1)) {
        rows.push(rowAtOffset(field, at) + 1);
      }
      return rows;
    },
    countWith(field, cell) {
      const whole = text(field);
      const wanted = end + cell + end;
      let found = whole.startsWith(cell + end) ? 1 : 0;
      // The end of one cell is the beginning of the next.
      for (let at = whole.indexOf(wanted); at !== -1; at = whole.indexOf(wanted, at + wanted.length - 1)) {
        found += 1;
      }
      return found;
    },
    rowsHolding(field, part) {
      const whole = text(field);
      const rows: number[] = [];
      for (let at = whole.indexOf(part); at !== -1; ) {
        const row = rowAtOffset(field, at);
        rows.push(row);
        at = whole.indexOf(part, endsOf(field)[row]);
      }
      return rows;
    },
    rowsFilled(field) {
      const whole = text(field);
      // As many ends as characters: every cell is empty.
      return whole.length === count ? [] : filledRows(endsOf(field));
    },
  };
}

export function columnsOf<Field extends string>(
  fields: readonly Field[],
  rows: readonly Row<Field>[],
): FlatColumns<Field> {
  return columnsFrom(
    fields,
    rows.length,
    fields.map((field) => rows.map((row) => row[field] + end).join('')),
  );
}

/** The rows of several columns of the same fields one after the other, but for some rows of the first. */
export function joinColumns<Field extends string>(
  first: FlatColumns<Field>,
  dropped: ReadonlySet<number>,
  others: readonly FlatColumns<Field>[],
): FlatColumns<Field> {
  const rows = [...dropped].sort((left, right) => left - right);
  const count = others.reduce((sum, other) => sum + other.count, first.count - rows.length);
  const texts = first.fields.map((field) =>
    [
      rows.length === 0 ? first.text(field) : withoutRows(first, field, rows),
      ...others.map((other) => other.text(field)),
    ].join(''),
  );
  return columnsFrom(first.fields, count, texts);
}

function withoutRows<Field extends string>(
  columns: FlatColumns<Field>,
  field: Field,
  rows: readonly number[],
): string {
  const whole = columns.text(field);
  const parts: string[] = [];
  let from = 0;
  for (const row of rows) {
    const cell = columns.boundsOf(field, row);
    parts.push(whole.slice(from, cell.start));
    from = cell.end + 1;
  }
  return parts.join('') + whole.slice(from);
}

function findEnds(text: string, count: number): Uint32Array {
  const ends = new Uint32Array(count);
  let at = -1;
  for (let row = 0; row < count; row += 1) {
    at = text.indexOf(end, at + 1);
    ends[row] = at;
  }
  return ends;
}

function filledRows(ends: Uint32Array): readonly number[] {
  const rows: number[] = [];
  let before = -1;
  for (let row = 0; row < ends.length; row += 1) {
    const at = ends[row] ?? 0;
    if (at > before + 1) {
      rows.push(row);
    }
    before = at;
  }
  return rows;
}
