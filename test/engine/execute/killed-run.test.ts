import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createFileSystemJournal } from '../../../src/adapters/journal/file-system-journal.ts';
import type { Execution } from '../../../src/engine/execute/execute.ts';
import { resumableRun } from '../../rig/resumable-run.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const program = join(import.meta.dirname, '../../rig/killed-run.ts');
/** Entries of a whole run: its start and end, three effects that start, five actions that end. */
const entries = 10;
const points = Array.from({ length: entries }, (_, index) => index + 1).flatMap((point) => [
  { point, moment: 'before' },
  { point, moment: 'after' },
]);

function killedAt(folder: string, point: number, moment: string) {
  return spawnSync(process.execPath, [program, folder, String(point), moment], { encoding: 'utf8' });
}

const run = (folder: string, id: string): Promise<Execution> =>
  resumableRun(folder, id, (journal) => journal);

const outputsOf = ({ results }: Execution) =>
  [...results].map(([id, result]) => [id, result.status, 'output' in result ? result.output : null]);

const outside = (folder: string) =>
  readdirSync(join(folder, 'outside'))
    .toSorted()
    .map((name) => [name, readFileSync(join(folder, 'outside', name), 'utf8')]);

test('the points that are walked over are all that there are', () => {
  const { status, signal } = killedAt(temporaryFolder(), entries + 1, 'before');
  expect([status, signal]).toEqual([0, null]);
});

test.each(points)('a run that is killed $moment entry $point is resumed', async ({ point, moment }) => {
  const reference = temporaryFolder();
  const expected = outputsOf(await run(reference, '20260101T000000Z-00000000'));
  const folder = temporaryFolder();
  const { signal, stderr } = killedAt(folder, point, moment);
  expect(signal, stderr).toBe('SIGKILL');
  const journal = createFileSystemJournal(join(folder, 'journal'));
  const before = (await journal.interrupted())[0];
  const ranBefore = linesOf(folder);

  const resumed = await run(folder, '20260101T000001Z-00000002');
  expect(outputsOf(resumed)).toEqual(expected);
  expect(outside(folder)).toEqual(outside(reference));
  expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
  expect(await journal.interrupted()).toEqual([]);
  // What the journal says is finished is finished: nothing pure of it runs again.
  const builds = linesOf(folder)
    .slice(ranBefore.length)
    .filter((line) => line.includes(':build'));
  const builtBefore = [...resumed.results].filter(
    ([id, result]) => id.includes(':build') && result.status === 'succeeded' && result.cached,
  );
  expect(builds.length + builtBefore.length).toBe(2);
  // After the entry is on the disk the run may have come a step further before it died.
  if (moment === 'after' && before !== undefined) {
    expect(before.finishedActions).toBeGreaterThanOrEqual(finishedAt(point));
  }
});

/** Actions that have ended by an entry: start, effect and end, end, effect and end, end, effect and end. */
function finishedAt(point: number): number {
  return [0, 0, 1, 2, 2, 3, 4, 4, 5, 5][point - 1] ?? 0;
}

function linesOf(folder: string): readonly string[] {
  try {
    return readFileSync(join(folder, 'ran'), 'utf8').split('\n').slice(0, -1);
  } catch {
    return [];
  }
}
