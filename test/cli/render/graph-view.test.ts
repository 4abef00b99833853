import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directNeeds } from '../../../src/cli/render/graph-direct-needs.ts';
import { graphText } from '../../../src/cli/render/graph-text.ts';
import { graphView } from '../../../src/cli/render/graph-view.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import type { Action, ActionId } from '../../../src/model/action.ts';
import { idOf, testAction } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { randomActions } from '../../rig/random-graph.ts';

const viewOf = (actions: readonly Action[], recorded: readonly ActionId[] = []) =>
  graphView(expectValue(buildGraph(actions)), new Set(recorded));

/** Everything that each action waits for, directly or not. */
function waitsFor(actions: readonly Action[], needsOf: (id: ActionId) => readonly ActionId[]) {
  const all = new Map<ActionId, ReadonlySet<ActionId>>();
  for (const { id } of actions) {
    all.set(id, new Set(needsOf(id).flatMap((need) => [need, ...(all.get(need) ?? [])])));
  }
  return all;
}

describe('the critical path', () => {
  it('is the longest path by the durations', () => {
    const actions = [
      testAction('web/a', [], { expectedMs: 1000 }),
      testAction('web/b', ['web/a'], { expectedMs: 2000 }),
      testAction('web/c', ['web/a'], { expectedMs: 3000 }),
      testAction('web/d', ['web/b', 'web/c'], { expectedMs: 500 }),
    ];
    const view = viewOf(actions);
    expect(view.criticalPath).toEqual(['web/a', 'web/c', 'web/d'].map(idOf));
    expect(view.criticalMs).toBe(4500);
  });

  it('is a path of drawn edges, and no path takes longer', () => {
    fc.assert(
      fc.property(randomActions(), (actions) => {
        const { criticalPath, criticalMs, groups } = viewOf(actions);
        const byId = new Map(actions.map((action) => [action.id, action]));
        const longest = new Map<ActionId, number>();
        for (const { id, needs, expectedMs = 0 } of actions) {
          longest.set(id, expectedMs + Math.max(0, ...needs.map((need) => longest.get(need) ?? 0)));
        }
        expect(criticalMs).toBe(Math.max(...longest.values()));
        const sum = criticalPath.reduce((total, id) => total + (byId.get(id)?.expectedMs ?? 0), 0);
        expect(sum).toBe(criticalMs);
        const nodes = groups.flatMap((group) => group.nodes);
        expect(nodes.filter((node) => node.isCritical)).toHaveLength(criticalPath.length);
        expect(nodes.flatMap((node) => node.needs).filter((edge) => edge.isCritical)).toHaveLength(
          criticalPath.length - 1,
        );
      }),
    );
  });
});

describe('the needs that are drawn', () => {
  it('lead to the same waiting with the fewest edges', () => {
    fc.assert(
      fc.property(randomActions(), (actions) => {
        const direct = directNeeds(expectValue(buildGraph(actions)));
        const byId = new Map(actions.map((action) => [action.id, action]));
        const all = waitsFor(actions, (id) => byId.get(id)?.needs ?? []);
        expect(waitsFor(actions, (id) => direct.get(id) ?? [])).toEqual(all);
        for (const needs of direct.values()) {
          for (const need of needs) {
            expect(needs.some((other) => all.get(other)?.has(need))).toBe(false);
          }
        }
      }),
    );
  });
});

describe('the graph as text', () => {
  const actions = [
    testAction('base/lock', [], { expectedMs: 6000 }),
    testAction('base/publish', ['base/lock'], { expectedMs: 1000 }),
    testAction('web/lock', ['base/publish'], { expectedMs: 12_000 }),
    testAction('web/scan', ['web/lock'], { expectedMs: 100 }),
    testAction('web/pack', ['web/lock'], { expectedMs: 4000 }),
    testAction('web/publish', ['web/lock', 'web/pack', 'web/scan'], { expectedMs: 1000 }),
  ];

  it('marks the critical path and tells measured from expected times', () => {
    expect(graphText(viewOf(actions, [idOf('base/lock'), idOf('web/pack')]), 60)).toBe(
      [
        'SandboxImageSpec/base',
        '* work:lock      6.0 s',
        '* work:publish  ~1.0 s  after work:lock',
        'SandboxImageSpec/web',
        '* work:lock      ~12 s  after base/work:publish',
        '  work:scan     ~0.1 s  after work:lock',
        '* work:pack      4.0 s  after work:lock',
        '* work:publish  ~1.0 s  after work:pack, work:scan',
        '',
        '* critical path, 24 s: base/work:lock → base/work:publish →',
        '  web/work:lock → web/work:pack → web/work:publish',
        '',
      ].join('\n'),
    );
  });

  it('says so where there is nothing to do', () => {
    expect(graphText(viewOf([]), 80)).toBe('nothing to do\n');
  });

  it('is no wider than asked for, as long as names are not', () => {
    fc.assert(
      fc.property(randomActions(), fc.integer({ min: 60, max: 160 }), (random, width) => {
        const lines = graphText(viewOf(random), width).split('\n');
        expect(lines.filter((line) => line.length > width)).toEqual([]);
      }),
    );
  });
});
