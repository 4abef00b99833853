import { expect, test } from 'vitest';
import { durationText } from '../../../src/cli/render/duration-text.ts';
import type { EventRenderer } from '../../../src/cli/render/event-renderer.ts';
import { renderEventsJson } from '../../../src/cli/render/events-json.ts';
import { renderEventsPlain } from '../../../src/cli/render/events-plain.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import type { Event } from '../../../src/model/event.ts';
import { idOf } from '../../rig/execution.ts';

const at = '2026-11-20T23:00:00.000Z';
const times = { startedAt: at, finishedAt: '2026-11-20T23:00:18.200Z', tools: {} };
const output = { blobs: {}, data: {} };
const broken: Diagnostic = {
  code: 'SK4002',
  severity: 'error',
  message: 'packing \u202elab\u001b[31m: mkfs ended\nwith exit code 1',
  hint: 'look at the disk',
};

const events: readonly Event[] = [
  { type: 'run-started', run: 'run-1', at, actions: ['a/lock', 'a/pack', 'b/pack', 'b/scan'].map(idOf) },
  { type: 'action-started', at, action: idOf('a/lock') },
  {
    type: 'action-finished',
    at,
    action: idOf('a/lock'),
    result: { status: 'succeeded', cached: true, output, ...times },
  },
  { type: 'action-started', at, action: idOf('a/pack') },
  { type: 'action-output', at, action: idOf('a/pack'), line: 'not shown' },
  { type: 'action-slow', at, action: idOf('a/pack'), warnAfterMs: 900_000 },
  {
    type: 'action-finished',
    at,
    action: idOf('a/pack'),
    result: { status: 'succeeded', cached: false, output, ...times },
  },
  { type: 'action-started', at, action: idOf('b/pack') },
  ...Array.from(
    { length: 25 },
    (_, line): Event => ({
      type: 'action-output',
      at,
      action: idOf('b/pack'),
      line: `\u001b[1mline ${line}\u0007`,
    }),
  ),
  {
    type: 'action-finished',
    at,
    action: idOf('b/pack'),
    result: { status: 'failed', diagnostics: [broken], ...times },
  },
  {
    type: 'action-finished',
    at,
    action: idOf('b/scan'),
    result: { status: 'skipped', because: idOf('b/pack') },
  },
  { type: 'run-finished', at: times.finishedAt, run: 'run-1', outcome: 'partial' },
  { type: 'recorded', at, run: 'run-1', commit: '0123abc', images: ['a 1.0.0+1'], allowLists: ['lab'] },
];

function textOf(create: (target: { write(text: string): void }) => EventRenderer): string {
  let text = '';
  const renderer = create({
    write: (more) => {
      text += more;
    },
  });
  for (const event of events) {
    renderer.emit(event);
  }
  return text;
}

test('plain text has a line an event, and output only where an action failed', () => {
  expect(textOf(renderEventsPlain)).toBe(
    [
      '23:00:00 run run-1 started: 4 actions',
      '23:00:00 a/work:lock started',
      '23:00:00 a/work:lock cached',
      '23:00:00 a/work:pack started',
      '23:00:00 a/work:pack is slow: runs for 15 min 0 s',
      '23:00:00 a/work:pack done (18 s)',
      '23:00:00 b/work:pack started',
      '23:00:00 b/work:pack failed (18 s)',
      '    error SK4002 packing lab[31m: mkfs ended with exit code 1',
      '      hint: look at the disk',
      ...Array.from({ length: 20 }, (_, line) => `    | line ${line + 5}`),
      '23:00:00 b/work:scan skipped (b/work:pack failed)',
      '23:00:18 run run-1 partial: 4 actions, 1 done, 1 cached, 1 failed, 1 skipped in 18 s',
      '23:00:00 recorded in 0123abc: lab, a 1.0.0+1',
      '',
    ].join('\n'),
  );
});

test('JSON lines carry every event whole, with nothing that a terminal would obey', () => {
  const text = textOf(renderEventsJson);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  const lines = text.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    events.map((event) => ({ formatVersion: 1, ...event })),
  );
});

test.each([
  [400, '0.4 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [59_499, '59 s'],
  [125_000, '2 min 5 s'],
  [3_840_000, '1 h 4 min'],
])('a duration of %i ms is %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});
