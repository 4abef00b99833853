import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/** Public test data of other projects, which lies beside the repository; see its README. */
const folder = process.env['SANDKILN_VECTORS'] ?? join(import.meta.dirname, '../../../shared/data');

/** Whether the vectors of a name are there. With CI=true they must be; otherwise tests of them are skipped by name. */
export function hasVectors(name: string): boolean {
  const there = existsSync(join(folder, name));
  if (!there && process.env['CI'] === 'true') {
    throw new Error(`the test vectors ${join(folder, name)} are missing`);
  }
  return there;
}

export function readVector(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}
