/** Cells of a row as RFC 4180 has them: in quotes where that is needed. */
export function csvCells(cells: readonly string[]): string {
  return cells.map(cell).join(',');
}

/** What ends a row. */
export const rowEnd = '\r\n';

/** Rows of a text in the form of RFC 4180, or nothing where it is not. */
export function readCsv(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = [];
  let row: string[] = [];
  const token = /"((?:[^"]|"")*)"(,|\r\n)|([^",\r\n]*)(,|\r\n)/y;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (found === null) {
      return undefined;
    }
    row.push(found[1] === undefined ? (found[3] ?? '') : found[1].replaceAll('""', '"'));
    if ((found[2] ?? found[4]) === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return row.length === 0 ? rows : undefined;
}

function cell(text: string): string {
  return /[",\r\n;\t|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
