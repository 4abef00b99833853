import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daytonaEnforcer } from '../../../src/adapters/enforcer/daytona-enforcer.ts';
import { e2bEnforcer } from '../../../src/adapters/enforcer/e2b-enforcer.ts';
import type { EnforcerInput } from '../../../src/adapters/enforcer/enforcer.ts';
import { mispEnforcer } from '../../../src/adapters/enforcer/misp-enforcer.ts';
import { modalEnforcer } from '../../../src/adapters/enforcer/modal-enforcer.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import { everyPort } from '../../../src/allow-list/port-set.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';

describe.each([
  ['E2B', e2bEnforcer, {}],
  ['E2B with expiry left to others', e2bEnforcer, { leftToOthers: new Set(['expiry'] as const) }],
  ['Daytona', daytonaEnforcer, {}],
  ['Modal', modalEnforcer, {}],
  ['Modal with expiry left to others', modalEnforcer, { leftToOthers: new Set(['expiry'] as const) }],
  ['MISP', mispEnforcer, {}],
  ['MISP with expiry left to others', mispEnforcer, { leftToOthers: new Set(['expiry'] as const) }],
])('files for %s', (_, enforcer, more: Partial<EnforcerInput>) => {
  it('allow nothing that the list denies and keep quiet about no loss', () => {
    fc.assert(
      fc.property(anyEntries, fc.boolean(), (random, isMostlyOpen) => {
        // Ports make a plain language leave most entries out, which would show little.
        const entries = isMostlyOpen ? random.map(withEveryPort) : random;
        const input = enforcerInput(entries, more);
        fc.pre(enforcer.compile(input).ok);
        expect(unfaithfulness(enforcer, input)).toEqual({ widened: [], keptQuiet: [] });
      }),
      { numRuns: 500 },
    );
  });

  it('never open what is denied at a port where ports are left to others', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const input = enforcerInput(entries, { ...more, leftToOthers: new Set(['ports', 'expiry']) });
        const compiled = enforcer.compile(input);
        fc.pre(compiled.ok);
        const rules = expectValue(enforcer.readBack(expectValue(compiled).files));
        const meant = entries.map((entry) => (entry.effect === 'allow' ? withEveryPort(entry) : entry));
        expect(allowedOnlyBy(rules, meant)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('are the same bytes for the same list', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const input = enforcerInput(entries, more);
        expect(enforcer.compile(input)).toEqual(enforcer.compile({ ...input }));
      }),
      { numRuns: 50 },
    );
  });
});

function withEveryPort(entry: AllowEntry): AllowEntry {
  return { ...entry, protocols: ['tcp', 'udp'], ports: everyPort };
}
