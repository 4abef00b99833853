import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideNames, rulesOfDecisions } from '../../../src/adapters/enforcer/name-decisions.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const everyService = { protocols: ['tcp', 'udp'] as const, ports: [{ first: 0, last: 65_535 }] };
const language = { called: 'a test', holds: () => true };

function rulesOf(input: ReturnType<typeof enforcerInput>) {
  const { decisions, losses } = expectValue(decideNames(input, language));
  const rules = rulesOfDecisions(decisions);
  return { decisions, losses, rules: 'unread' in rules ? expect.fail(rules.unread) : rules };
}

describe('decisions about names', () => {
  it('let pass only what may be reached at every port, and report the rest', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const { losses, rules } = rulesOf(enforcerInput(entries));
        const lost = new Set(losses.map(({ entry }) => entry));
        expect(allowedOnlyBy(rules, entries)).toEqual([]);
        expect(
          allowedOnlyBy(
            entries.filter((entry) => !lost.has(entry)),
            rules,
          ),
        ).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('do not look at the ports of permissions where they are left to others, and keep to every denial', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const input = enforcerInput(entries, { leftToOthers: new Set(['ports', 'expiry']) });
        const { losses, rules } = rulesOf(input);
        const lost = new Set(losses.map(({ entry }) => entry));
        const meant = (some: readonly AllowEntry[]) =>
          some.map((entry) => (entry.effect === 'allow' ? { ...entry, ...everyService } : entry));
        expect(allowedOnlyBy(rules, meant(entries))).toEqual([]);
        const told = entries.filter((entry) => !lost.has(entry));
        expect(allowedOnlyBy(told, rules)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('stop at a denial inside of what passes, and say nothing twice', () => {
    const { decisions, losses } = rulesOf(
      enforcerInput([
        allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }),
        allowEntry({ kind: 'host', value: 'b.a.org' }),
        allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
        allowEntry({ kind: 'subdomains', value: 'c.a.org' }, { effect: 'deny' }),
      ]),
    );
    expect(decisions).toEqual([
      { name: 'a.org', at: true, below: true },
      { name: 'bad.a.org', at: false, below: true },
      { name: 'c.a.org', at: true, below: false },
    ]);
    expect(losses).toEqual([]);
  });

  it('are refused where a denied name cannot be held, since it would pass', () => {
    const decided = decideNames(
      enforcerInput([allowEntry({ kind: 'host', value: 'a.org' }, { effect: 'deny' })]),
      { called: 'a test', holds: () => false },
    );
    expect(expectCodes(decided)).toEqual(['SK7210']);
  });
});
