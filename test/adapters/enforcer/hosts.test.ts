import { describe, expect, it } from 'vitest';
import { createHostsEnforcer } from '../../../src/adapters/enforcer/hosts/hosts-enforcer.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { enforcerInput, expectFaithful } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const enforcer = createHostsEnforcer();

function textOf(entries: Parameters<typeof enforcerInput>[0]): string {
  const [file] = expectValue(enforcer.compile(enforcerInput(entries))).files;
  return Buffer.from(file?.bytes ?? []).toString();
}

function fileOf(text: string) {
  return [{ name: 'lab.filter.txt', bytes: Buffer.from(text) }];
}

describe('a filter list for DNS', () => {
  it('allows nothing that the list denies and keeps quiet about no loss', () => {
    expectFaithful(enforcer, 1000);
  });

  it('stops every name but those that it names', () => {
    const text = textOf([
      allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }),
      allowEntry({ kind: 'host', value: 'b.org' }),
      allowEntry({ kind: 'subdomains', value: 'c.org' }),
      allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
      allowEntry({ kind: 'subdomains', value: 'low.a.org' }, { effect: 'deny' }),
      allowEntry({ kind: 'apexAndSubdomains', value: 'worse.a.org' }, { effect: 'deny' }),
    ]);
    expect(text.split('\n')[0]).toBe('! sandkiln allow-list lab, revision 7');
    expect(text.split('\n').slice(2)).toEqual([
      '@@||a.org^',
      '@@|b.org^',
      '|bad.a.org^$important',
      '@@|*.c.org^',
      '|*.low.a.org^$important',
      '||worse.a.org^$important',
      '||*^',
      '/.*/',
      '',
    ]);
  });

  it.each([
    ['an end less', (text: string) => text.replace('/.*/\n', '')],
    ['an exception more', (text: string) => text.replace('/.*/', '@@||org^\n/.*/')],
    ['an exception that nothing stops', (text: string) => text.replace('a.org^\n', 'a.org^$important\n')],
  ])('is not read back with %s', (_, edit) => {
    const text = textOf([allowEntry({ kind: 'host', value: 'a.org' })]);
    expect(expectValue(enforcer.readBack(fileOf(text)))).toHaveLength(1);
    expect(expectCodes(enforcer.readBack(fileOf(edit(text))))).toEqual(['SK7211']);
  });

  it('of a hundred thousand names is made whole', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      allowEntry({ kind: 'apexAndSubdomains', value: `n${index}.d${index % 997}.org` }),
    );
    const input = enforcerInput(entries);
    const { files } = expectValue(enforcer.compile(input));
    const sizes = files.map(({ bytes }) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_000_000);
  });
});
