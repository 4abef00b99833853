import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timelineChromeTrace } from '../../../src/cli/render/timeline-chrome-trace.ts';
import { timelineOfRun } from '../../../src/cli/render/timeline-of-run.ts';
import { timelineText } from '../../../src/cli/render/timeline-text.ts';
import type { ImageBuildRun } from '../../../src/model/record.ts';
import {
  cachedAction,
  eventfulRun,
  idleAction,
  ranAction,
  runImage,
  runRecord,
} from '../../rig/run-record.ts';

const textOf = (run: ImageBuildRun, width: number) => timelineText(run, timelineOfRun(run), width);
const pathOf = (run: ImageBuildRun) => timelineOfRun(run).criticalPath.map(({ action }) => action.id);

/** Runs of a few images whose actions lie anywhere in a minute, and of which some did not run. */
const randomRun = fc
  .array(
    fc.array(
      fc.record({
        from: fc.integer({ min: 0, max: 60_000 }),
        took: fc.integer({ min: 0, max: 30_000 }),
        form: fc.constantFrom('ran', 'cached', 'skipped', 'failed'),
      }),
      { maxLength: 12 },
    ),
    { maxLength: 5 },
  )
  .map((images) =>
    runRecord(
      60,
      images.map((actions, image) =>
        runImage(
          `image-${image}`,
          actions.map(({ from, took, form }, index) => {
            const name = `image-${image}/part-${index}`;
            switch (form) {
              case 'cached':
                return cachedAction(name, took / 1000);
              case 'skipped':
                return idleAction(name, 'skipped');
              case 'failed':
                return ranAction(name, [from / 1000, (from + took) / 1000], { status: 'failed' });
              default:
                return ranAction(name, [from / 1000, (from + took) / 1000]);
            }
          }),
        ),
      ),
    ),
  );

describe('the critical path of a run', () => {
  it('goes back from the last action to what let it start', () => {
    expect(pathOf(eventfulRun())).toEqual(
      [
        ...['customise', 'pack:qcow2', 'smoke:2', 'publish'].map((stage) => `debian-12-base/${stage}`),
        ...['prepare', 'lock', 'bootstrap', 'customise', 'pack:qcow2', 'smoke:2'].map(
          (stage) => `debian-12-lab/${stage}`,
        ),
      ].map((name) => `SandboxImageSpec/${name}`),
    );
  });

  it('goes over an action of another image where that one held the place', () => {
    const run = runRecord(9, [
      runImage('a', [ranAction('a/lock', [0, 2]), ranAction('a/pack', [6, 9])]),
      runImage('b', [ranAction('b/lock', [0, 6])]),
    ]);
    expect(pathOf(run)).toEqual(['SandboxImageSpec/b/lock', 'SandboxImageSpec/a/pack']);
  });

  it('stays with the image where both ended at nearly the same time', () => {
    const run = runRecord(9, [
      runImage('a', [ranAction('a/lock', [0, 5.99]), ranAction('a/pack', [6, 9])]),
      runImage('b', [ranAction('b/lock', [0, 6])]),
    ]);
    expect(pathOf(run)).toEqual(['SandboxImageSpec/a/lock', 'SandboxImageSpec/a/pack']);
  });

  it('has no two actions at the same time, and ends with the last one', () => {
    fc.assert(
      fc.property(randomRun, (run) => {
        const { criticalPath, groups, totalMs } = timelineOfRun(run);
        for (const [index, row] of criticalPath.entries()) {
          const before = criticalPath[index - 1];
          expect(row.span).toBeDefined();
          expect(row.span?.startMs).toBeGreaterThanOrEqual(before?.span?.endMs ?? 0);
        }
        const ends = groups.flatMap(({ rows }) => rows.flatMap(({ span }) => span?.endMs ?? []));
        expect(criticalPath.at(-1)?.span?.endMs ?? 0).toBe(Math.max(0, ...ends));
        expect(totalMs).toBeGreaterThanOrEqual(Math.max(0, ...ends));
      }),
    );
  });
});

describe('the time line as text', () => {
  it('shows bars to scale, what was cached, what failed, and the critical path', () => {
    expect(textOf(eventfulRun(), 80)).toBe(
      [
        'run 20261120T230000Z-1a2b3c4d succeeded in 1 min 24 s, from 23:00:00 UTC',
        '                            0           20 s         40 s        1 min',
        'debian-12-base  built 1.0.0+1',
        '  lock              cached',
        '  bootstrap         cached',
        '* customise          2.2 s  █',
        '* pack:qcow2         5.7 s   ████',
        '  pack:rootfs        2.7 s   ▒▒',
        '* smoke:2             21 s       █████████████',
        '  scan               1.5 s     ▒',
        '* publish            1.0 s                    █',
        'debian-12-lab  failed',
        '* prepare            1.0 s                     █',
        '* lock               7.0 s                     █████',
        '* bootstrap           24 s                          ██████████████',
        '* customise          2.0 s                                        ██',
        '* pack:qcow2         4.0 s                                          ██',
        '* smoke:2      failed 15 s                                            ████████✗',
        '  scan               1.5 s                                          ▒',
        '  publish          skipped',
        '',
        '* critical path, 1 min 23 s of 1 min 24 s: debian-12-base/customise →',
        '  debian-12-base/pack:qcow2 → debian-12-base/smoke:2 → debian-12-base/publish →',
        '  debian-12-lab/prepare → debian-12-lab/lock → debian-12-lab/bootstrap →',
        '  debian-12-lab/customise → debian-12-lab/pack:qcow2 → debian-12-lab/smoke:2',
        'cached actions took 27 s when they were made',
        '',
      ].join('\n'),
    );
  });

  it('fits any width, and every action that ran has a bar', () => {
    fc.assert(
      fc.property(randomRun, fc.integer({ min: 80, max: 300 }), (run, width) => {
        const lines = textOf(run, width).split('\n');
        expect(lines.filter((line) => line.length > width)).toEqual([]);
        const ran = run.images.flatMap(({ actions }) =>
          actions.filter((each) => each.startedAt !== null && !each.cached),
        );
        expect(lines.filter((line) => /[█▒✗]$/.test(line))).toHaveLength(ran.length);
      }),
    );
  });

  it('says so where nothing ran', () => {
    expect(textOf(runRecord(1, [runImage('a', [cachedAction('a/lock', 2)])]), 80)).toBe(
      [
        'run 20261120T230000Z-1a2b3c4d succeeded in 1.0 s, from 23:00:00 UTC',
        'a  built 1.0.0+1',
        '  lock  cached',
        '',
        'nothing ran',
        'cached actions took 2.0 s when they were made',
        '',
      ].join('\n'),
    );
  });

  it('shows no control characters of a record', () => {
    const run = runRecord(1, [runImage('a\u001b[31m', [ranAction('a/lo\u001b]0;x\u0007ck\u202e', [0, 1])])]);
    expect(textOf(run, 80)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });
});

/** "Trace Event Format": the JSON object form with metadata and complete events. */
const traceSchema = {
  type: 'object',
  required: ['traceEvents'],
  properties: {
    displayTimeUnit: { enum: ['ms', 'ns'] },
    otherData: { type: 'object' },
    traceEvents: {
      type: 'array',
      items: {
        oneOf: [
          {
            type: 'object',
            required: ['ph', 'name', 'pid', 'tid', 'args'],
            additionalProperties: false,
            properties: {
              ph: { const: 'M' },
              name: { enum: ['process_name', 'process_sort_index', 'thread_name'] },
              pid: { type: 'integer', minimum: 1 },
              tid: { type: 'integer', minimum: 0 },
              args: { type: 'object', minProperties: 1, maxProperties: 1 },
            },
          },
          {
            type: 'object',
            required: ['ph', 'name', 'cat', 'ts', 'dur', 'pid', 'tid', 'args'],
            additionalProperties: false,
            properties: {
              ph: { const: 'X' },
              name: { type: 'string' },
              cat: { type: 'string', pattern: '^[a-z]+(,[a-z]+)*$' },
              ts: { type: 'number', minimum: 0 },
              dur: { type: 'number', minimum: 0 },
              pid: { type: 'integer', minimum: 1 },
              tid: { type: 'integer', minimum: 1 },
              cname: { const: 'terrible' },
              args: { type: 'object' },
            },
          },
        ],
      },
    },
  },
  additionalProperties: false,
};

interface TraceEvent {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
  readonly ts: number;
  readonly dur: number;
  readonly pid: number;
  readonly tid: number;
  readonly cname?: string;
  readonly args: Readonly<Record<string, unknown>>;
}

function traceOf(run: ImageBuildRun): readonly TraceEvent[] {
  const trace: { readonly traceEvents: readonly TraceEvent[] } = JSON.parse(
    timelineChromeTrace(run, timelineOfRun(run)),
  );
  const ajv = new Ajv({ allErrors: true });
  ajv.validate(traceSchema, trace);
  expect(ajv.errors ?? []).toEqual([]);
  return trace.traceEvents;
}

describe('the time line as a Chrome trace', () => {
  it('has a process for each image and a complete event for each action that ran or was cached', () => {
    const events = traceOf(eventfulRun());
    const names = events
      .filter(({ name }) => name === 'process_name')
      .map(({ pid, args }) => [pid, args['name']]);
    expect(names).toEqual([
      [1, 'debian-12-base'],
      [2, 'debian-12-lab'],
    ]);
    const complete = events.filter(({ ph }) => ph === 'X');
    expect(complete).toHaveLength(15);
    const find = (pid: number, name: string) =>
      complete.find((event) => event.pid === pid && event.name === name);
    expect(find(1, 'smoke:2')).toMatchObject({
      ts: 8_020_000,
      dur: 20_980_000,
      cat: 'action,critical',
      args: { status: 'succeeded' },
    });
    expect(find(1, 'bootstrap')).toMatchObject({ ts: 0, dur: 0, args: { cached: true } });
    expect(find(2, 'smoke:2')).toMatchObject({ cname: 'terrible', args: { status: 'failed' } });
    expect(find(2, 'scan')).toMatchObject({ cat: 'action', tid: 2, args: { critical: false } });
  });

  it('shows no two actions at the same time on a thread, in any run', () => {
    fc.assert(
      fc.property(randomRun, (run) => {
        const complete = traceOf(run).filter(({ ph }) => ph === 'X');
        const threads = Map.groupBy(complete, ({ pid, tid }) => `${pid}/${tid}`);
        for (const events of threads.values()) {
          const sorted = events.toSorted((left, right) => left.ts - right.ts || left.dur - right.dur);
          for (const [index, event] of sorted.entries()) {
            const before = sorted[index - 1];
            expect(event.ts).toBeGreaterThanOrEqual(before === undefined ? 0 : before.ts + before.dur);
          }
        }
      }),
    );
  });
});
