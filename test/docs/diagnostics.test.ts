import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

function textsBelow(folder: string, ending: string): readonly string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => readFileSync(new URL(folder + path, root), 'utf8'));
}

test('every code in the source has exactly one heading in docs/diagnostics/, and every heading a code', () => {
  const used = textsBelow('src/', '.ts').flatMap((text) => text.match(/(?<=')SK\d{4}(?=')/g) ?? []);
  const described = textsBelow('docs/diagnostics/', '.md').flatMap(
    (text) => text.match(/(?<=^## )SK\d{4}(?= \S)/gm) ?? [],
  );
  expect(described.toSorted()).toEqual([...new Set(used)].toSorted());
});

test('every code that the source mentions in a comment is one that it gives', () => {
  const texts = textsBelow('src/', '.ts');
  const given = new Set(texts.flatMap((text) => text.match(/(?<=')SK\d{4}(?=')/g) ?? []));
  const mentioned = new Set(texts.flatMap((text) => text.match(/\bSK\d{4}\b/g) ?? []));
  expect([...mentioned].filter((code) => !given.has(code))).toEqual([]);
});
