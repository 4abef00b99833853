import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHeap } from '../../../src/engine/execute/heap.ts';
import { createReadyQueue } from '../../../src/engine/execute/ready-queue.ts';
import { createHostResources, type Demand } from '../../../src/engine/execute/resource-limits.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import type { Action } from '../../../src/model/action.ts';
import { testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';

function queueOf(actions: readonly Action[], cpu: number) {
  const resources = createHostResources({ cpu });
  const queue = createReadyQueue(expectValue(buildGraph(actions)), resources);
  for (const action of actions) {
    queue.add(action);
  }
  return { queue, resources };
}

test('a heap gives values in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (values) => {
      const heap = createHeap<number>((left, right) => left < right);
      values.forEach(heap.add);
      expect(values.map(() => heap.take())).toEqual(values.toSorted((left, right) => left - right));
      expect(heap.take()).toBeUndefined();
    }),
  );
});

test('a heap from which some were taken gives the others in order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (values) => {
      const heap = createHeap<number>((left, right) => left < right);
      values.forEach(heap.add);
      const isEven = (value: number) => value % 2 === 0;
      expect(heap.takeWhere(isEven).toSorted()).toEqual(values.filter(isEven).toSorted());
      const odd = values.filter((value) => !isEven(value)).toSorted((left, right) => left - right);
      expect(odd.map(() => heap.take())).toEqual(odd);
      expect(heap.take()).toBeUndefined();
    }),
  );
});

test('of resources whose actions are equally urgent none gets more than one start ahead', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 2, maxLength: 6 }), (counts) => {
      const actions = counts.flatMap((count, resource) =>
        Array.from({ length: count }, (_, index) => testAction(`r${resource}/${index}`)),
      );
      const { queue, resources } = queueOf(actions, 1);
      const left = new Map(counts.map((count, resource) => [`r${resource}`, count]));
      const started = new Map([...left.keys()].map((name) => [name, 0]));
      for (let next = queue.take(); next !== undefined; next = queue.take()) {
        resources.giveBack(next.demand);
        const { name } = next.action.resource;
        started.set(name, (started.get(name) ?? 0) + 1);
        left.set(name, (left.get(name) ?? 0) - 1);
        const waiting = [...started]
          .filter(([other]) => (left.get(other) ?? 0) > 0)
          .map(([, count]) => count);
        expect(Math.max(...waiting, 0) - Math.min(...waiting, Math.max(...waiting, 0))).toBeLessThanOrEqual(
          1,
        );
      }
      expect([...left.values()].every((count) => count === 0)).toBe(true);
    }),
  );
});

test('a resource that comes late waits for one start of each other, not for all that came before', () => {
  const early = Array.from({ length: 50 }, (_, index) => testAction(`early/${index}`));
  const late = Array.from({ length: 3 }, (_, index) => testAction(`late/${index}`));
  const resources = createHostResources({ cpu: 1 });
  const queue = createReadyQueue(expectValue(buildGraph([...early, ...late])), resources);
  for (const action of early) {
    queue.add(action);
  }
  const take = (): string => {
    const next = queue.take() ?? expect.fail();
    resources.giveBack(next.demand);
    return next.action.resource.name;
  };
  Array.from({ length: 20 }, take);
  for (const action of late) {
    queue.add(action);
  }
  expect(Array.from({ length: 6 }, take).filter((name) => name === 'late')).toHaveLength(3);
});

test('what does not fit is overtaken eight times and then waited for', () => {
  const big = testAction('big/0', [], { uses: { cpu: 4 }, expectedMs: 100 });
  const small = Array.from({ length: 100 }, (_, index) =>
    testAction(`small/${index}`, [], { expectedMs: 1 }),
  );
  const resources = createHostResources({ cpu: 4 });
  const queue = createReadyQueue(expectValue(buildGraph([big, ...small])), resources);
  for (const action of small) {
    queue.add(action);
  }
  const running: Demand[] = [(queue.take() ?? expect.fail()).demand];
  queue.add(big);
  let overtakings = 0;
  for (;;) {
    const next = queue.take();
    if (next === undefined) {
      resources.giveBack(running.shift() ?? expect.fail());
    } else if (next.action.id === big.id) {
      break;
    } else {
      overtakings += 1;
      running.push(next.demand);
    }
  }
  expect(overtakings).toBe(8);
});
