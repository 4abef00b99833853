import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Changes whenever this program may come to other conclusions from the same inputs: with its version and the schemas
 * beside it. Whoever works on the program changes it without its version, so the time of its build counts too, and in
 * a checkout that runs its sources their sizes and times.
 */
export function programFingerprint(version: string): string {
  const hash = createHash('sha256').update(version);
  const schemas = fileURLToPath(new URL('../../../schemas/', import.meta.url));
  for (const name of readdirSync(schemas).sort()) {
    if (name.endsWith('.json')) {
      hash.update(`\0${name}\0`).update(readFileSync(schemas + name));
    }
  }
  hash.update(`\0${statSync(fileURLToPath(import.meta.url)).mtimeMs}`);
  if (import.meta.url.endsWith('.ts')) {
    const sources = fileURLToPath(new URL('../../', import.meta.url));
    for (const name of (readdirSync(sources, { recursive: true }) as string[]).sort()) {
      const { size, mtimeMs } = statSync(sources + name);
      hash.update(`\0${name}\0${size}\0${mtimeMs}`);
    }
  }
  return hash.digest('hex');
}
