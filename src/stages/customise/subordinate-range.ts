import type { AccountTable } from './account-table.ts';

const firstNumber = 100_000;
const count = 65_536;

/** The row of subuid(5) or subgid(5) that a user gets: the lowest gap of 65,536 numbers from 100,000, as useradd(8) finds it. */
export function subordinateRange(table: AccountTable, name: string): readonly string[] {
  const ranges = table
    .map((row) => ({ first: Number(row[1]), count: Number(row[2]) }))
    .sort((left, right) => left.first - right.first);
  let first = firstNumber;
  for (const range of ranges) {
    if (range.first >= first + count) {
      break;
    }
    first = Math.max(first, range.first + range.count);
  }
  return [name, String(first), String(count)];
}
