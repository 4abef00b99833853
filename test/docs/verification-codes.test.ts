import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);

it('every SK80 code in the source has its entry in the documentation, and every entry a code', () => {
  const used = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .flatMap((path) => [...readFileSync(new URL(`src/${path}`, root), 'utf8').matchAll(/'(SK80\d\d)'/g)])
    .map((match) => match[1]);
  const page = readFileSync(new URL('docs/diagnostics/verification.md', root), 'utf8');
  const described = [...page.matchAll(/^## (SK\d{4}) \S/gm)].map((match) => match[1]);
  expect(described).toEqual([...new Set(used)].sort());
});
