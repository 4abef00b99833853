import { createRequire } from 'node:module';

/** The name that was probably meant, or nothing where none is near. */
export function suggest(written: string, names: readonly string[]): string | undefined {
  if (names.length === 0 || written.length > 100) {
    return undefined;
  }
  const plain = written.toLowerCase();
  const sameLetters = names.find((name) => name.toLowerCase() === plain);
  if (sameLetters !== undefined) {
    return sameLetters;
  }
  // Loaded where somebody mistyped something.
  const load = createRequire(import.meta.url);
  const { closest, distance } = load('fastest-levenshtein') as typeof import('fastest-levenshtein');
  const nearest = closest(written, names);
  const tolerated = written.length < 4 ? 1 : 1 + Math.floor(written.length / 4);
  return distance(written, nearest) <= tolerated ? nearest : undefined;
}
