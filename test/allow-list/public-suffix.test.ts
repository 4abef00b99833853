import { describe, expect, test } from 'vitest';
import { normaliseHostName } from '../../src/allow-list/host-name.ts';
import { normaliseEntry } from '../../src/allow-list/normalise-entry.ts';
import { isPublicSuffix } from '../../src/allow-list/public-suffix.ts';
import { hasVectors, readVector } from '../rig/vectors.ts';

describe.skipIf(!hasVectors('psl'))('the vectors of the public suffix list', () => {
  const vectors = (hasVectors('psl') ? readVector('psl/tests.txt') : '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('//'))
    .map((line) => line.split(' '))
    .filter(([name = '']) => name !== 'null' && !name.startsWith('.'));

  test.each(vectors)('%s has the registrable name %s', (written, registrable) => {
    const host = normaliseHostName(written ?? '');
    const name = host.ok ? host.name : '';
    // `example` is no top-level name that the list knows.
    expect(isPublicSuffix(name)).toBe(registrable === 'null' && name !== 'example');
    if (registrable !== 'null') {
      const own = normaliseHostName(registrable ?? '');
      expect(isPublicSuffix(own.ok ? own.name : '')).toBe(false);
    }
  });
});

describe('a public suffix', () => {
  const entry = (match: object) => normaliseEntry({ match, reason: 'r' }, 'l');

  test.each(['com', 'co.uk', 'github.io', 's3.amazonaws.com', 'CO.UK.', '公司.cn'])(
    '%s cannot be allowed with all names below it',
    (name) => {
      for (const kind of ['subdomains', 'apexAndSubdomains']) {
        expect(entry({ [kind]: name })).toMatchObject({
          ok: false,
          problems: [{ code: 'SK1409', severity: 'error', pointer: `/match/${kind}` }],
        });
      }
    },
  );

  test('can be allowed itself, and with a warning one label below', () => {
    expect(entry({ host: 'github.io' })).toMatchObject({ ok: true, warnings: [] });
    expect(entry({ oneLabel: 'github.io' })).toMatchObject({
      ok: true,
      warnings: [{ code: 'SK1410', severity: 'warning' }],
    });
  });

  test.each(['internal', 'example', 'example.com', 'foo.github.io'])('is not what %s is', (name) => {
    expect(entry({ subdomains: name })).toMatchObject({ ok: true, warnings: [] });
  });
});
