import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActionCacheRow } from '../../../src/adapters/action-cache/action-cache.ts';
import { actionKey } from '../../../src/engine/execute/action-key.ts';
import { execute } from '../../../src/engine/execute/execute.ts';
import type { Withdraw } from '../../../src/engine/execute/withdrawals.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import type { Action, ActionId } from '../../../src/model/action.ts';
import type { Digest } from '../../../src/model/digest.ts';
import type { Event } from '../../../src/model/event.ts';
import { failure, success } from '../../../src/model/result.ts';
import { createTestTimer, testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { unusedStore } from '../../rig/unused-store.ts';

type Behaviour = 'ok' | 'fail' | 'throw' | 'notNeeded';

interface Case {
  readonly actions: readonly Action[];
  readonly behaviour: ReadonlyMap<ActionId, Behaviour>;
}

/** Up to 12 actions of three resources; each needs some of those before it. */
const cases: fc.Arbitrary<Case> = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      resource: fc.nat(2),
      cpu: fc.integer({ min: 0, max: 4 }),
      kvm: fc.nat(1),
      expectedMs: fc.nat(100),
      behaviour: fc.oneof(
        { weight: 6, arbitrary: fc.constant<Behaviour>('ok') },
        { weight: 1, arbitrary: fc.constantFrom<Behaviour>('fail', 'throw', 'notNeeded') },
      ),
    }),
    { maxLength: 12 },
  )
  .map((rows) => {
    const names = rows.map((row, index) => `r${row.resource}/a${index}`);
    const actions = rows.map((row, index) =>
      testAction(
        names[index] ?? '',
        index === 0 ? [] : row.needs.map((number) => names[number % index] ?? ''),
        {
          uses: { cpu: row.cpu, kvm: row.kvm },
          expectedMs: row.expectedMs,
        },
      ),
    );
    return {
      actions,
      behaviour: new Map(actions.map((action, index) => [action.id, rows[index]?.behaviour ?? 'ok'])),
    };
  });

const limits = { cpu: 3, kvm: 1 };
const newer = 'f'.repeat(40);

interface Observed {
  readonly events: readonly Event[];
  readonly execution: Awaited<ReturnType<typeof execute>>;
  readonly ran: readonly ActionId[];
  /** How many of them had started when something was withdrawn. */
  readonly ranBefore: number;
  /** Whether more ran at once than the limits allow. An exception in a stage would only fail that stage. */
  readonly overloaded: boolean;
}

/** Runs a case; the scheduler decides in which order stages end. */
async function observe(
  { actions, behaviour }: Case,
  scheduler: fc.Scheduler,
  options: {
    readonly rows?: Map<Digest, ActionCacheRow>;
    readonly failFast?: boolean;
    readonly stopAfter?: number;
    /** What effects have done; a run that is killed does nothing more to it and to the rows. */
    readonly outside?: Map<ActionId, string>;
    readonly killAfterEvents?: number;
    /** Withdraws a resource when so many events were told. */
    readonly withdraw?: { readonly resource: string; readonly afterEvents: number };
  } = {},
): Promise<Observed> {
  const events: Event[] = [];
  const ran: ActionId[] = [];
  const rows = options.rows ?? new Map<Digest, ActionCacheRow>();
  const controller = new AbortController();
  const running = new Map<ActionId, Action>();
  let withdraw: Withdraw | undefined;
  let ranBefore = 0;
  const isKilled = (): boolean => events.length >= (options.killAfterEvents ?? Number.POSITIVE_INFINITY);
  let overloaded = false;
  const usedOf = (name: 'cpu' | 'kvm'): number =>
    running.values().reduce((sum, action) => sum + Math.min(action.uses?.[name] ?? 1, limits[name]), 0);

  const execution = execute(expectValue(buildGraph(actions)), {
    run: 'run',
    stages: new Map([
      [
        'work',
        {
          name: 'work',
          version: 1,
          effect: 'pure',
          fingerprint: async () => success({ tools: {}, environment: {} }),
          run: async (action, context) => {
            ran.push(action.id);
            running.set(action.id, action);
            overloaded ||= usedOf('cpu') > limits.cpu || usedOf('kvm') > limits.kvm;
            await scheduler.schedule(Promise.resolve(), action.id);
            running.delete(action.id);
            if (options.stopAfter === ran.length) {
              controller.abort();
            }
            if (context.signal.aborted) {
              return failure({
                code: 'SK3103',
                severity: 'error',
                message: 'stopped',
                hint: '',
                failure: 'cancelled',
              });
            }
            switch (behaviour.get(action.id)) {
              case 'fail':
                return failure({ code: 'SK4001', severity: 'error', message: 'it failed', hint: '' });
              case 'throw':
                throw new Error('a bug');
              case 'notNeeded':
                return success({ blobs: {}, data: { id: action.id }, notNeeded: 'same lock' });
              default:
                if (action.effect === 'effect' && !isKilled()) {
                  options.outside?.set(action.id, [...context.needs.keys()].join());
                }
                return success({ blobs: {}, data: { id: action.id, needs: [...context.needs.keys()] } });
            }
          },
        },
      ],
    ]),
    limits,
    failFast: options.failFast ?? false,
    clock: { now: () => new Date(0) },
    timer: createTestTimer(),
    scratch: {
      create: async () => success({ path: '/none', inMemory: true, [Symbol.asyncDispose]: async () => {} }),
    },
    cache: unusedStore,
    actionCache: {
      get: async (key) => rows.get(key),
      put: async (row) => success(isKilled() ? undefined : void rows.set(row.key, row)),
      lastRows: async () => [],
    },
    journal: {
      append: () => {},
      synchronise: async () => success(undefined),
      close: async () => {},
    },
    redact: (line) => line,
    emit: (event) => {
      events.push(event);
      if (events.length === options.withdraw?.afterEvents) {
        ranBefore = ran.length;
        withdraw?.([{ kind: 'SandboxImageSpec', name: options.withdraw.resource }], newer);
      }
    },
    watch: (call) => {
      withdraw = call;
      return {
        [Symbol.asyncDispose]: async () => {
          withdraw = undefined;
        },
      };
    },
    signal: controller.signal,
    platform: 'linux/x64',
    salt: '',
    domain: 'trusted',
  });
  await scheduler.waitFor(execution);
  return { events, execution: await execution, ran, ranBefore, overloaded };
}

function startsAndEnds(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'action-started' || event.type === 'action-finished'
      ? [`${event.type} ${event.action}`]
      : [],
  );
}

test('nothing starts before what it needs has ended, each action ends once, and limits hold', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.scheduler(), async (given, scheduler) => {
      const { events, execution, overloaded } = await observe(given, scheduler);
      expect(overloaded).toBe(false);
      const order = startsAndEnds(events);
      expect(execution.results.size).toBe(given.actions.length);
      for (const action of given.actions) {
        expect(order.filter((entry) => entry === `action-finished ${action.id}`)).toHaveLength(1);
        const started = order.indexOf(`action-started ${action.id}`);
        for (const id of started === -1 ? [] : action.needs) {
          expect(order.indexOf(`action-finished ${id}`)).toBeLessThan(started);
        }
      }
      expect([events[0]?.type, events.at(-1)?.type]).toEqual(['run-started', 'run-finished']);
    }),
  );
});

test('a failure stops exactly what depends on it, whatever the order', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.scheduler(), async (given, scheduler) => {
      const { execution } = await observe(given, scheduler);
      const statusOf = (id: ActionId): string => execution.results.get(id)?.status ?? '';
      for (const action of given.actions) {
        const needs = action.needs.map(statusOf);
        const result = execution.results.get(action.id);
        const stopped = needs.some((status) => status === 'failed' || status === 'skipped');
        expect(result?.status === 'skipped').toBe(stopped);
        if (result?.status === 'skipped') {
          expect(statusOf(result.because)).toBe('failed');
        }
        const bad = ['fail', 'throw'].includes(given.behaviour.get(action.id) ?? '');
        expect(result?.status === 'failed').toBe(
          bad && !['skipped', 'not-needed'].includes(result?.status ?? ''),
        );
      }
    }),
  );
});

test('an output that makes the rest not needed stops its own resource and no other', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.scheduler(), async (given, scheduler) => {
      const { execution } = await observe(given, scheduler);
      for (const action of given.actions) {
        const result = execution.results.get(action.id);
        const stops = action.needs.some((id) => {
          const needed = execution.results.get(id);
          const sameResource =
            given.actions.find((each) => each.id === id)?.resource.name === action.resource.name;
          return (
            sameResource &&
            (needed?.status === 'not-needed' ||
              (needed?.status === 'succeeded' && needed.output.notNeeded !== undefined))
          );
        });
        expect(result?.status === 'not-needed').toBe(stops && result?.status !== 'skipped');
      }
    }),
  );
});

test('a second run finds everything that succeeded in the cache and runs the rest', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.scheduler(), fc.scheduler(), async (given, first, second) => {
      const rows = new Map<Digest, ActionCacheRow>();
      const before = await observe(given, first, { rows });
      const after = await observe(given, second, { rows });
      for (const [id, result] of after.execution.results) {
        expect(result.status).toBe(before.execution.results.get(id)?.status);
        expect(after.ran.includes(id)).toBe(result.status === 'failed');
        if (result.status === 'succeeded') {
          expect(result.cached).toBe(true);
        }
      }
    }),
  );
});

test('with fail-fast nothing starts after the first failure', async () => {
  await fc.assert(
    fc.asyncProperty(cases, fc.scheduler(), async (given, scheduler) => {
      const { events } = await observe(given, scheduler, { failFast: true });
      const failed = events.findIndex(
        (event) => event.type === 'action-finished' && event.result.status === 'failed',
      );
      const lastStart = events.findLastIndex((event) => event.type === 'action-started');
      expect(failed === -1 || lastStart < failed).toBe(true);
    }),
  );
});

test('after a cancellation nothing starts, and what was running ends as cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.scheduler(),
      fc.integer({ min: 1, max: 5 }),
      async (given, scheduler, stopAfter) => {
        const { execution, ran } = await observe(given, scheduler, { stopAfter });
        expect(execution.results.size).toBe(given.actions.length);
        if (execution.outcome === 'cancelled') {
          expect([...execution.results.values()].some((result) => result.status === 'cancelled')).toBe(true);
          expect(ran.length).toBeGreaterThanOrEqual(stopAfter);
        }
      },
    ),
  );
});

test('of what is withdrawn nothing starts any more, and everything else ends as if nothing had been', async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.scheduler(),
      fc.scheduler(),
      fc.nat(2),
      fc.integer({ min: 2, max: 30 }),
      async (given, first, second, resource, afterEvents) => {
        const undisturbed = await observe(given, first);
        const withdraw = { resource: `r${resource}`, afterEvents };
        const { events, execution, ran, ranBefore, overloaded } = await observe(given, second, { withdraw });
        expect(overloaded).toBe(false);
        expect(execution.results.size).toBe(given.actions.length);
        // Without anything that was withdrawn in time there is nothing to compare.
        if (events.length <= afterEvents) {
          return;
        }
        const gone = withWhatStandsOn(given.actions, withdraw.resource);
        const finishedBefore = new Set(
          events
            .slice(0, afterEvents)
            .flatMap((event) => (event.type === 'action-finished' ? [event.action] : [])),
        );
        for (const action of given.actions) {
          const result = execution.results.get(action.id);
          if (!gone.has(action.resource.name)) {
            expect(result?.status).toBe(undisturbed.execution.results.get(action.id)?.status);
            continue;
          }
          if (finishedBefore.has(action.id)) {
            expect(result?.status).not.toBe('superseded');
          } else if (!ran.slice(0, ranBefore).includes(action.id)) {
            // What stood fast already when it was withdrawn is told as it is.
            const before = undisturbed.execution.results.get(action.id);
            expect([
              JSON.stringify({ status: 'superseded', by: newer }),
              ...(before?.status === 'skipped' || before?.status === 'not-needed'
                ? [JSON.stringify(before)]
                : []),
            ]).toContain(JSON.stringify(result));
          }
          expect(ran.slice(ranBefore)).not.toContain(action.id);
        }
        const isBad = [...execution.results.values()].some(({ status }) =>
          ['failed', 'skipped'].includes(status),
        );
        expect(['partial', 'failed'].includes(execution.outcome)).toBe(isBad);
      },
    ),
    { numRuns: 300 },
  );
});

/** Names of a resource and of all that need something of it. */
function withWhatStandsOn(actions: readonly Action[], name: string): ReadonlySet<string> {
  const found = new Set([name]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const action of actions) {
      const needs = actions.filter(({ id }) => action.needs.includes(id));
      if (needs.some(({ resource }) => found.has(resource.name))) {
        found.add(action.resource.name);
      }
    }
  }
  return found;
}

test('a run that is killed at any event and started again gives what an undisturbed run gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      cases,
      fc.scheduler(),
      fc.scheduler(),
      fc.scheduler(),
      fc.nat(25),
      async (given, first, second, third, killAfterEvents) => {
        const mixed = {
          ...given,
          actions: given.actions.map((action, index) =>
            index % 3 === 2 ? { ...action, effect: 'effect' as const } : action,
          ),
        };
        const undisturbed = new Map<ActionId, string>();
        const expected = await observe(mixed, first, { outside: undisturbed });
        const rows = new Map<Digest, ActionCacheRow>();
        const outside = new Map<ActionId, string>();
        const killed = await observe(mixed, second, { rows, outside, killAfterEvents });
        const resumed = await observe(mixed, third, { rows, outside });
        const outputsOf = ({ execution }: Observed) =>
          new Map(
            [...execution.results].map(([id, result]) => [
              id,
              [result.status, 'output' in result ? result.output : null],
            ]),
          );
        expect(outputsOf(resumed)).toEqual(outputsOf(expected));
        expect(outside).toEqual(undisturbed);
        for (const event of killed.events.slice(0, killAfterEvents)) {
          if (event.type === 'action-finished' && event.result.status === 'succeeded') {
            const action = mixed.actions.find((each) => each.id === event.action);
            expect(resumed.ran.includes(event.action)).toBe(action?.effect === 'effect');
          }
        }
      },
    ),
  );
});

test('a key does not depend on the order in which fields are written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue(), { maxKeys: 8 }), (fields) => {
      const turned = Object.fromEntries(Object.entries(fields).toReversed());
      const keyOf = (input: typeof fields) => actionKey({ input: JSON.parse(JSON.stringify(input)) });
      expect(keyOf(turned)).toBe(keyOf(fields));
    }),
  );
});
