import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvEnforcer } from '../../../src/adapters/enforcer/csv/csv-enforcer.ts';
import { readCsv } from '../../../src/adapters/enforcer/csv/csv-text.ts';
import { harmlessCell, originalCell } from '../../../src/adapters/enforcer/csv/harmless-cell.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const hostile = fc.string({
  unit: fc.constantFrom('=', '+', '-', '@', "'", '"', ',', ';', '|', '\t', '\r', '\n', ' ', 'a', '＝', '１'),
  maxLength: 12,
});

describe('a CSV export', () => {
  it('says every entry of a list and nothing else', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const { files, losses } = expectValue(csvEnforcer.compile(enforcerInput(entries)));
        const rules = expectValue(csvEnforcer.readBack(files));
        expect(losses).toEqual([]);
        expect(
          rules.map(({ effect, match, protocols, ports }) => ({ effect, match, protocols, ports })),
        ).toEqual(
          entries.map(({ effect, match, protocols, ports }) => ({ effect, match, protocols, ports })),
        );
        expect(allowedOnlyBy(entries, rules)).toEqual([]);
        expect(allowedOnlyBy(rules, entries)).toEqual([]);
      }),
    );
  });

  it('names list, revision and set in every row', () => {
    const input = enforcerInput([allowEntry({ kind: 'host', value: 'a.example.org' }, { reason: 'why' })]);
    expect(textOf(input)).toBe(
      'list,revision,set,effect,match,value,protocols,ports,runProfiles,pools,samples,expiresAt,owner,reason,source,from\r\n' +
        `lab,7,${input.set},allow,host,a.example.org,tcp udp,*,,,,,,why,,test\r\n`,
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ["'=1", "''=1"],
    ['  =1', "'  =1"],
    ['＝1+1', "'＝1+1"],
    ['see;=cmd', "see;'=cmd"],
    ['said "=cmd"', 'said "\'=cmd"'],
    ['a=b, 10-20', 'a=b, 10-20'],
  ])('makes %j harmless as %j', (text, harmless) => {
    expect(harmlessCell(text)).toBe(harmless);
  });

  it('has no cell, by any separator, that starts as a formula does, and gives back what was written', () => {
    fc.assert(
      fc.property(hostile, (reason) => {
        expect(originalCell(harmlessCell(reason))).toBe(reason);
        for (const piece of harmlessCell(reason).split(/[",;|\t\r\n]/)) {
          expect(piece).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
        }
        const entry = allowEntry({ kind: 'host', value: 'a.example.org' }, { reason });
        const [, row] = readCsv(textOf(enforcerInput([entry]))) ?? [];
        expect(originalCell(row?.[13] ?? '')).toBe(reason);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['a row too short', 'lab,7\r\n'],
    ['a wildcard inside a name', 'lab,7,s,allow,host,*.example.org,tcp,*,,,,,,why,,test\r\n'],
    ['ports that no service has', 'lab,7,s,allow,host,a.example.org,tcp,70000,,,,,,why,,test\r\n'],
    ['an address that is none', 'lab,7,s,allow,ip,010.1.1.1,tcp,*,,,,,,why,,test\r\n'],
    ['a quote that does not end', '"lab'],
  ])('is not read with %s', (_, row) => {
    const [head = ''] = textOf(enforcerInput([])).split('\r\n');
    const bytes = Buffer.from(`${head}\r\n${row}`);
    expect(expectCodes(csvEnforcer.readBack([{ name: 'lab.csv', bytes }]))).toEqual(['SK7211']);
  });
});

function textOf(input: Parameters<typeof csvEnforcer.compile>[0]): string {
  const [file] = expectValue(csvEnforcer.compile(input)).files;
  return Buffer.from(file?.bytes ?? []).toString();
}
