import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonlEnforcer } from '../../../src/adapters/enforcer/jsonl-enforcer.ts';
import { readEntryLines } from '../../../src/allow-list/entry-lines.ts';
import { normaliseEntry } from '../../../src/allow-list/normalise-entry.ts';
import { rawEntryOf } from '../../../src/allow-list/raw-entry.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

/** Lists as specs can hold them: random reasons hold control characters, which no normal form has. */
const normalEntries = anyEntries.map((entries) =>
  entries.filter((entry) => normaliseEntry(rawEntryOf(entry), entry.list).ok),
);

describe('JSON lines', () => {
  it('give back the entries that they were made of', () => {
    fc.assert(
      fc.property(normalEntries, (entries) => {
        const input = enforcerInput(entries);
        const [file] = expectValue(jsonlEnforcer.compile(input)).files;
        const read = readEntryLines('lab.jsonl', file?.bytes ?? new Uint8Array(), 'random');
        expect(read.entries.map(({ entry }) => entry)).toEqual(entries);
        expect(unfaithfulness(jsonlEnforcer, input)).toEqual({ widened: [], keptQuiet: [] });
      }),
    );
  });

  it('keep owner, source, scope and end', () => {
    const entry = allowEntry(
      { kind: 'cidr', value: '198.51.100.0/24' },
      {
        scope: { runProfiles: ['lab-vm'] },
        owner: 'Network team',
        source: 'dns answer',
        expiresAt: '2027-01-31T00:00:00Z',
        list: 'lab.jsonl',
      },
    );
    const { files } = expectValue(jsonlEnforcer.compile(enforcerInput([entry])));
    expect(expectValue(jsonlEnforcer.readBack(files))).toEqual([entry]);
  });

  it('are refused where a line is no entry', () => {
    const bytes = Buffer.from('{"match": {"ip": "010.1.1.1"}, "reason": "octal"}\n');
    expect(expectCodes(jsonlEnforcer.readBack([{ name: 'lab.jsonl', bytes }]))).toEqual(['SK7211']);
  });
});
