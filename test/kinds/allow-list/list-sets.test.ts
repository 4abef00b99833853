import { expect, test } from 'vitest';
import { effectiveSet } from '../../../src/allow-list/effective-set.ts';
import { createListSets } from '../../../src/kinds/allow-list/list-sets.ts';
import { allowEntry } from '../../rig/allow-entries.ts';

const lasting = effectiveSet([allowEntry({ kind: 'host', value: 'a.example' })]);
const ending = effectiveSet([
  allowEntry({ kind: 'host', value: 'a.example' }, { expiresAt: '2026-11-21T00:00:10Z' }),
  allowEntry({ kind: 'host', value: 'b.example' }, { expiresAt: '2026-11-21T00:00:20Z' }),
]);

test.each([
  ['at the same moment', ending, '2026-11-21T00:00:00.500Z', true],
  ['in the second before the first expiry', ending, '2026-11-21T00:00:09.999Z', true],
  ['at the first expiry', ending, '2026-11-21T00:00:10.000Z', false],
  ['within the second of the first expiry', ending, '2026-11-21T00:00:10.500Z', false],
  ['after the first expiry', ending, '2026-11-21T00:00:11.000Z', false],
  ['by a clock that went backwards', ending, '2026-11-21T00:00:00.499Z', false],
  ['long after, where nothing expires', lasting, '2036-11-21T00:00:00.000Z', true],
])('a set that was made is known again %s: %#', (_when, set, at, isKnown) => {
  const sets = createListSets();
  sets.keep('inputs', '2026-11-21T00:00:00.500Z', set);
  expect(sets.known('inputs', at)).toBe(isKnown ? set : undefined);
  expect(sets.known('other inputs', at)).toBeUndefined();
});
