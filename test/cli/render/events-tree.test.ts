import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { renderEventsTree } from '../../../src/cli/render/events-tree.ts';
import type { ActionResult } from '../../../src/model/action.ts';
import { idOf } from '../../rig/execution.ts';

const at = '2026-11-20T23:00:00.000Z';
const times = { startedAt: at, finishedAt: '2026-11-20T23:00:18.200Z', tools: {} };

/** A terminal of which the test sees what was written. */
function createTerminal() {
  const stream = Object.assign(new PassThrough(), { columns: 80, rows: 24, isTTY: true });
  let text = '';
  stream.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}

/** What is left on the terminal: everything after the last time that the tree was taken away. */
function lastPicture(text: string): readonly string[] {
  return text
    .slice(text.lastIndexOf('\u001b[G') + 1)
    .replace(/\u001b?\[[0-9;?]*[A-Za-z]/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

test('leaves the tree, then failures and the summary', async () => {
  const terminal = createTerminal();
  const renderer = renderEventsTree({
    progress: terminal.stream,
    data: createTerminal().stream,
    color: false,
  });
  const finish = (name: string, result: ActionResult): void => {
    renderer.emit({ type: 'action-started', at, action: idOf(name) });
    renderer.emit({ type: 'action-output', at, action: idOf(name), line: 'last\u001b[31m line' });
    renderer.emit({ type: 'action-finished', at: times.finishedAt, action: idOf(name), result });
  };
  const succeeded = (cached: boolean): ActionResult => ({
    status: 'succeeded',
    cached,
    output: { blobs: {}, data: {} },
    ...times,
  });
  renderer.emit({
    type: 'run-started',
    run: 'run-1',
    at,
    actions: ['a/lock', 'a/pack', 'b/lock', 'b/pack', 'b/scan'].map(idOf),
  });
  finish('a/lock', succeeded(true));
  finish('a/pack', succeeded(false));
  finish('b/lock', succeeded(true));
  finish('b/pack', {
    status: 'failed',
    diagnostics: [{ code: 'SK4002', severity: 'error', message: 'it broke', hint: 'mend it' }],
    ...times,
  });
  renderer.emit({
    type: 'action-finished',
    at: times.finishedAt,
    action: idOf('b/scan'),
    result: { status: 'skipped', because: idOf('b/pack') },
  });
  renderer.emit({ type: 'run-finished', at: times.finishedAt, run: 'run-1', outcome: 'partial' });
  await renderer.end();
  renderer.emit({ type: 'recorded', at, run: 'run-1', images: [], allowLists: [] });
  const text = lastPicture(terminal.text()).map((line) => line.replace(/^(\s*)[^\sa-z|] /u, '$1* '));
  expect(text).toEqual([
    '* a 18 s',
    '* b 18 s',
    '  * work:lock cached',
    '  * work:pack failed 18 s',
    '  * work:scan skipped b/work:pack failed',
    'b/work:pack failed (18 s)',
    '    error SK4002 it broke',
    '      hint: mend it',
    '    | last line',
    'run run-1 partial: 5 actions, 1 done, 2 cached, 1 failed, 1 skipped in 18 s',
    'nothing to record',
  ]);
});

test('ends even where actions never ended', async () => {
  const terminal = createTerminal();
  const renderer = renderEventsTree({
    progress: terminal.stream,
    data: createTerminal().stream,
    color: false,
  });
  renderer.emit({ type: 'run-started', run: 'run-1', at, actions: [idOf('a/lock'), idOf('a/pack')] });
  renderer.emit({ type: 'action-started', at, action: idOf('a/lock') });
  await renderer.end();
  expect(terminal.text()).toContain('work:lock');
});
