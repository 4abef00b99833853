import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import { idOf, testAction } from '../../rig/execution.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

test('orders actions so that none stands before what it needs', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat()), { maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      (needs, random) => {
        const actions = needs.map((numbers, index) =>
          testAction(`r/a${index}`, index === 0 ? [] : numbers.map((number) => `r/a${number % index}`), {
            expectedMs: 1 + (index % 5),
          }),
        );
        const shuffled = actions.toSorted(() => (random.next().value % 3) - 1);
        const graph = expectValue(buildGraph(shuffled));
        const position = new Map([...graph.actions.keys()].map((id, index) => [id, index]));
        expect(position.size).toBe(actions.length);
        for (const action of actions) {
          for (const id of action.needs) {
            expect(position.get(id)).toBeLessThan(position.get(action.id) ?? -1);
            expect(graph.remainingMs.get(id)).toBeGreaterThan(graph.remainingMs.get(action.id) ?? Infinity);
            expect(graph.dependants.get(id)).toContain(action.id);
          }
        }
      },
    ),
  );
});

test('the remaining path counts the slowest way to the end', () => {
  const graph = expectValue(
    buildGraph([
      testAction('r/a', [], { expectedMs: 10 }),
      testAction('r/b', ['r/a'], { expectedMs: 100 }),
      testAction('r/c', ['r/a'], { expectedMs: 5 }),
      testAction('r/d', ['r/c'], { expectedMs: 200 }),
    ]),
  );
  expect(['r/a', 'r/b', 'r/c', 'r/d'].map((name) => graph.remainingMs.get(idOf(name)))).toEqual([
    215, 100, 205, 200,
  ]);
});

test('a cycle is named by its path, without what only waits for it', () => {
  const result = buildGraph([
    testAction('r/behind', ['r/a']),
    testAction('r/a', ['r/b', 'r/free']),
    testAction('r/b', ['r/c']),
    testAction('r/c', ['r/a']),
    testAction('r/free'),
  ]);
  expect(expectCodes(result)).toEqual(['SK3001']);
  const cycle = ['r/a', 'r/b', 'r/c', 'r/a'].map(idOf).join(' → ');
  expect(result.ok ? '' : result.diagnostics[0]?.message).toBe(`actions wait for each other: ${cycle}`);
});

test('an action that needs itself is a cycle', () => {
  expect(expectCodes(buildGraph([testAction('r/a', ['r/a'])]))).toEqual(['SK3001']);
});

test('an action given twice, or needed and not given, is a bug', () => {
  expect(() => buildGraph([testAction('r/a'), testAction('r/a')])).toThrow('given twice');
  expect(() => buildGraph([testAction('r/a', ['r/b'])])).toThrow('not given');
});

test('a chain of ten thousand actions is no problem', () => {
  const actions = Array.from({ length: 10_000 }, (_, index) =>
    testAction(`r/a${index}`, index === 0 ? [] : [`r/a${index - 1}`]),
  );
  expect(expectValue(buildGraph(actions)).remainingMs.get(idOf('r/a0'))).toBe(10_000_000);
});
