import { failure, type Result, success } from '../../model/result.ts';
import { treeProblem } from '../../tree/tree-problem.ts';

/** The lines of an account file, split at their colons. Every row has the file's number of fields. */
export type AccountTable = readonly (readonly string[])[];

/** Account files by path, with the number of fields of a line: passwd(5), group(5), shadow(5), gshadow(5), subuid(5). */
export const accountFileFields = {
  'etc/passwd': 7,
  'etc/group': 4,
  'etc/shadow': 9,
  'etc/gshadow': 4,
  'etc/subuid': 3,
  'etc/subgid': 3,
} as const;

export type AccountFile = keyof typeof accountFileFields;

/** Columns whose values must be numbers, by file. */
const numberColumns: Readonly<Record<AccountFile, readonly number[]>> = {
  'etc/passwd': [2, 3],
  'etc/group': [2],
  'etc/shadow': [],
  'etc/gshadow': [],
  'etc/subuid': [1, 2],
  'etc/subgid': [1, 2],
};

/** Reads an account file. Gives SK5501 for the first line that is none. */
export function parseAccountTable(text: string, file: AccountFile): Result<AccountTable> {
  const lines = text.split('\n');
  if (lines.at(-1) === '') {
    lines.pop();
  }
  const rows: (readonly string[])[] = [];
  for (const [index, line] of lines.entries()) {
    const row = line.split(':');
    const numbersFit = numberColumns[file].every((column) => /^[0-9]{1,10}$/.test(row[column] ?? ''));
    if (row.length !== accountFileFields[file] || row[0] === '' || !numbersFit) {
      return failure(
        treeProblem(
          'SK5501',
          `line ${index + 1} of /${file} in the image is not an account line: ${JSON.stringify(line.slice(0, 80))}`,
          `each line needs ${accountFileFields[file]} fields with colons between them; look for what wrote the file`,
        ),
      );
    }
    rows.push(row);
  }
  return success(rows);
}

export function formatAccountTable(table: AccountTable): string {
  return table.map((row) => `${row.join(':')}\n`).join('');
}
