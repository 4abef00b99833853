import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNftablesEnforcer } from '../../../../src/adapters/enforcer/nftables/nftables-enforcer.ts';
import { readTable } from '../../../../src/adapters/enforcer/nftables/read-table.ts';
import { tableText } from '../../../../src/adapters/enforcer/nftables/table-text.ts';
import { createProcessRunner } from '../../../../src/adapters/process/child-processes.ts';
import { anyEntries } from '../../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../../rig/enforcer-input.ts';
import { expectValue } from '../../../rig/expect-result.ts';

const enforcer = createNftablesEnforcer({ processes: createProcessRunner() });

describe('a file for nftables', () => {
  it.each([
    ['kept', { appliedAt: null }],
    ['kept, with expiry left to others', { appliedAt: null, leftToOthers: new Set(['expiry'] as const) }],
    ['applied before anything ends', { appliedAt: '2026-11-21T00:00:00Z' }],
    ['applied when some of it has ended', { appliedAt: '2027-02-01T00:00:00Z' }],
  ])('allows nothing that the list denies and keeps quiet about no loss: %s', (_, more) => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        expect(unfaithfulness(enforcer, enforcerInput(entries, more))).toEqual({
          widened: [],
          keptQuiet: [],
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is the same text when it is read and written again', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const input = enforcerInput(entries, { appliedAt: '2026-11-21T00:00:00Z' });
        const [file] = expectValue(enforcer.compile(input)).files;
        const text = Buffer.from(file?.bytes ?? []).toString();
        const table = readTable(text);
        expect('unread' in table ? table : tableText('lab', table)).toBe(text);
      }),
    );
  });
});
