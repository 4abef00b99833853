import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRpzEnforcer } from '../../../src/adapters/enforcer/rpz/rpz-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, expectFaithful } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const enforcer = createRpzEnforcer({ processes: createProcessRunner() });

function textOf(entries: Parameters<typeof enforcerInput>[0]): string {
  const [file] = expectValue(enforcer.compile(enforcerInput(entries))).files;
  return Buffer.from(file?.bytes ?? []).toString();
}

function fileOf(text: string) {
  return [{ name: 'lab.rpz.zone', bytes: Buffer.from(text) }];
}

describe('a response policy zone', () => {
  it('allows nothing that the list denies and keeps quiet about no loss', () => {
    expectFaithful(enforcer, 1000);
  });

  it('is accepted by named-checkzone whatever the list says', async () => {
    const lists = fc.sample(anyEntries, { numRuns: 5, seed: 5 });
    for (const entries of [...lists, []]) {
      const { files } = expectValue(enforcer.compile(enforcerInput(entries)));
      const checked = expectValue((await enforcer.check?.(files, testWorkContext())) ?? expect.fail());
      expect(checked.program).toBe('named-checkzone');
      expect(checked.version).toMatch(/^9\./);
    }
  });

  it('gives every name on the way a record and a wildcard, so that nothing below it matches nothing', () => {
    expect(
      textOf([
        allowEntry({ kind: 'host', value: 'a.b.org' }),
        allowEntry({ kind: 'subdomains', value: 'c.org' }),
      ])
        .split('\n')
        .slice(3),
    ).toEqual([
      '$TTL 60',
      '@ SOA localhost. hostmaster.localhost. 7 3600 600 86400 60',
      '@ NS localhost.',
      'a.b.org CNAME rpz-passthru.',
      '*.a.b.org CNAME .',
      'b.org CNAME .',
      '*.b.org CNAME .',
      'c.org CNAME .',
      '*.c.org CNAME rpz-passthru.',
      'org CNAME .',
      '*.org CNAME .',
      '* CNAME .',
      '',
    ]);
  });

  it('leaves out names that would be triggers of another kind or too long', () => {
    const entries = [
      allowEntry({ kind: 'host', value: '32.1.2.0.192.rpz-ip' }),
      allowEntry({
        kind: 'host',
        value: `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(30)}`,
      }),
    ];
    const { files, losses } = expectValue(enforcer.compile(enforcerInput(entries)));
    expect(losses.map(({ entry, kind }) => [entry, kind])).toEqual(
      entries.map((entry) => [entry, 'omitted']),
    );
    expect(expectValue(enforcer.readBack(files))).toEqual([]);
    const denied = entries.map((entry) => ({ ...entry, effect: 'deny' as const }));
    expect(expectCodes(enforcer.compile(enforcerInput(denied)))).toEqual(['SK7210']);
  });

  it('has no serial for a revision of more than 32 bits', () => {
    expect(expectCodes(enforcer.compile(enforcerInput([], { revision: 2 ** 32 })))).toEqual(['SK7210']);
  });

  it.each([
    ['a record more', (text: string) => text.replace('* CNAME .', 'b.org CNAME rpz-passthru.\n* CNAME .')],
    ['a line that includes another file', (text: string) => text.replace('$TTL 60', '$INCLUDE /etc/x')],
    ['a wildcard less', (text: string) => text.replace('*.org CNAME .\n', '')],
    [
      'an end that lets everything pass',
      (text: string) => text.replace('\n* CNAME .', '\n* CNAME rpz-passthru.'),
    ],
    ['another header', (text: string) => text.replace('revision 7', 'revision 8')],
  ])('is not read back with %s', (_, edit) => {
    const text = textOf([allowEntry({ kind: 'host', value: 'a.org' })]);
    expect(expectValue(enforcer.readBack(fileOf(text)))).toHaveLength(1);
    expect(expectCodes(enforcer.readBack(fileOf(edit(text))))).toEqual(['SK7211']);
  });

  it('that is broken is refused by named-checkzone', async () => {
    const text = textOf([]).replace('@ NS localhost.', '');
    const checked = await enforcer.check?.(fileOf(text), testWorkContext());
    expect(expectCodes(checked ?? expect.fail())).toEqual(['SK7212']);
  });

  it('of a hundred thousand names is made whole', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      allowEntry({
        kind: index % 2 === 0 ? 'host' : 'apexAndSubdomains',
        value: `n${index}.d${index % 997}.org`,
      }),
    );
    const input = enforcerInput(entries);
    const { files } = expectValue(enforcer.compile(input));
    const sizes = files.map(({ bytes }) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_000_000);
  });
});
