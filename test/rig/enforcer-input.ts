import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Enforcer, EnforcerInput } from '../../src/adapters/enforcer/enforcer.ts';
import { destinationPolicy } from '../../src/allow-list/destination-policy.ts';
import { allowedOnlyBy } from '../../src/allow-list/destination-space.ts';
import { effectiveSet } from '../../src/allow-list/effective-set.ts';
import type { AllowEntry } from '../../src/model/allow-list.ts';
import { anyEntries } from './allow-entries.ts';
import { expectValue } from './expect-result.ts';

/** What an enforcer is given of some entries, as a list `lab` in revision 7. */
export function enforcerInput(
  entries: readonly AllowEntry[],
  more: Partial<EnforcerInput> = {},
): EnforcerInput {
  return {
    list: 'lab',
    revision: 7,
    createdAt: '2026-11-21T00:00:00Z',
    set: effectiveSet(entries).digest,
    entries,
    policy: destinationPolicy(entries),
    appliedAt: null,
    leftToOthers: new Set(),
    ...more,
  };
}

/** What an enforcer's files allow beyond the entries, and what they deny without having told so; both stay empty. */
export function unfaithfulness(
  enforcer: Enforcer,
  input: EnforcerInput,
): { readonly widened: readonly string[]; readonly keptQuiet: readonly string[] } {
  const { files, losses } = expectValue(enforcer.compile(input));
  const rules = expectValue(enforcer.readBack(files));
  const lost = losses.map(({ entry }) => entry);
  return {
    widened: allowedOnlyBy(rules, input.entries),
    keptQuiet: allowedOnlyBy(
      input.entries.filter((entry) => entry.effect === 'deny' || !lost.includes(entry)),
      rules,
    ),
  };
}

/** Whatever a list says, and whether or not its expiries are left to others: nothing is widened and no loss is kept quiet. */
export function expectFaithful(enforcer: Enforcer, numRuns: number): void {
  fc.assert(
    fc.property(
      anyEntries,
      fc.constantFrom(new Set<never>(), new Set(['expiry'] as const)),
      (entries, leftToOthers) => {
        expect(unfaithfulness(enforcer, enforcerInput(entries, { leftToOthers }))).toEqual({
          widened: [],
          keptQuiet: [],
        });
      },
    ),
    { numRuns },
  );
}
