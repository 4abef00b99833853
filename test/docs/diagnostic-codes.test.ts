import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);

test('every code of the desired state has an entry in the documentation, and every entry a code', () => {
  const sources = ['src/engine/desired/', 'src/kinds/'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(new URL(folder + path, root), 'utf8')),
  );
  const used = new Set(
    sources.flatMap((text) => [...text.matchAll(/'(SK1[0-3]\d{2})'/g)].map(([, code]) => code)),
  );
  const page = readFileSync(new URL('docs/diagnostics/desired-state.md', root), 'utf8');
  const described = [...page.matchAll(/^## (SK\d{4}) \S/gm)].map(([, code]) => code);
  expect(described).toEqual([...used].toSorted());
});
