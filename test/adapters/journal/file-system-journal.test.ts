import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { journalLine, parseJournal } from '../../../src/adapters/journal/entry-line.ts';
import { createFileSystemJournal } from '../../../src/adapters/journal/file-system-journal.ts';
import type { JournalEntry } from '../../../src/adapters/journal/journal.ts';
import { ownIdentity } from '../../../src/adapters/process/process-identity.ts';
import { idOf } from '../../rig/execution.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const at = '2026-01-01T00:00:00.000Z';
const started = (run: string): JournalEntry => ({ type: 'run-started', at, run });
const finished: JournalEntry = { type: 'run-finished', at, outcome: 'succeeded' };

/** The journal of a process that has ended: its start is one that no process has. */
function writeDeadJournal(folder: string, run: string, entries: readonly JournalEntry[]): void {
  const header = { formatVersion: 1, process: { ...ownIdentity(), startTicks: 1 } } as const;
  writeFileSync(join(folder, `${run}.jsonl`), [header, ...entries].map(journalLine).join(''));
}

test('lists runs that began and did not end, with effects that are in doubt', async () => {
  const folder = temporaryFolder();
  writeDeadJournal(folder, 'a', [
    started('a'),
    { type: 'effect-started', at, action: idOf('r/a') },
    { type: 'action-finished', at, action: idOf('r/a'), status: 'succeeded' },
    { type: 'action-retried', at, action: idOf('r/b'), failedTries: 1, delayMs: 500 },
    { type: 'effect-started', at: '2026-01-01T00:00:09.000Z', action: idOf('r/b') },
  ]);
  writeDeadJournal(folder, 'b', [started('b')]);
  writeDeadJournal(folder, 'c', [started('c'), finished, { type: 'handover-started', at }]);
  expect(await createFileSystemJournal(folder).interrupted()).toEqual([
    {
      run: 'a',
      lastEntryAt: '2026-01-01T00:00:09.000Z',
      finishedActions: 1,
      openEffects: [idOf('r/b')],
      inHandover: false,
      process: 'ended',
    },
    expect.objectContaining({ run: 'b', finishedActions: 0 }),
    expect.objectContaining({ run: 'c', inHandover: true }),
  ]);
});

test('a run that came to its end makes good for those before it', async () => {
  const folder = temporaryFolder();
  writeDeadJournal(folder, 'a', [started('a')]);
  writeDeadJournal(folder, 'b', [
    started('b'),
    finished,
    { type: 'handover-started', at },
    { type: 'handover-finished', at },
  ]);
  writeDeadJournal(folder, 'c', [started('c')]);
  expect((await createFileSystemJournal(folder).interrupted()).map(({ run }) => run)).toEqual(['c']);
});

test.each([
  ['makes good for one that ended before it', '00.500Z', []],
  ['does not for one that went on after it', '00.700Z', ['killed']],
])('a run that came to its end %s, whichever id of one second is greater', async (_what, end, names) => {
  for (const [killed, whole] of [
    ['20260101T000000Z-00000001', '20260101T000000Z-00000002'],
    ['20260101T000000Z-00000002', '20260101T000000Z-00000001'],
  ] as const) {
    const folder = temporaryFolder();
    writeDeadJournal(folder, killed, [{ ...started(killed), at: `2026-01-01T00:00:${end}` }]);
    writeDeadJournal(folder, whole, [
      { ...started(whole), at: '2026-01-01T00:00:00.600Z' },
      { ...finished, at: '2026-01-01T00:00:00.600Z' },
    ]);
    const interrupted = await createFileSystemJournal(folder).interrupted();
    expect(interrupted.map(({ run }) => run)).toEqual(names.map(() => killed));
  }
});

test('a run that is at work is not interrupted, one of another namespace may be at work', async () => {
  const folder = temporaryFolder();
  const journal = createFileSystemJournal(folder);
  const mine = expectValue(await journal.open('a'));
  mine.append(started('a'));
  expectValue(await mine.synchronise());
  expect(await journal.interrupted()).toEqual([]);
  const foreign = { formatVersion: 1, process: { ...ownIdentity(), namespace: 'elsewhere' } } as const;
  writeFileSync(join(folder, 'b.jsonl'), [foreign, started('b')].map(journalLine).join(''));
  expect(await journal.interrupted()).toEqual([expect.objectContaining({ run: 'b', process: 'unknown' })]);
  await mine.close();
});

test('what was appended is on the disk after synchronising and after closing, in order', async () => {
  const folder = temporaryFolder();
  const run = expectValue(await createFileSystemJournal(folder).open('a'));
  const read = () => parseJournal(readFileSync(join(folder, 'a.jsonl'), 'utf8')).entries;
  const many = Array.from({ length: 5000 }, (_, index) => started(`run ${index}`));
  many.forEach(run.append);
  const together = [run.synchronise(), run.synchronise()];
  run.append(started('last but one'));
  expectValue(await run.synchronise());
  expect(read()).toEqual([...many, started('last but one')]);
  for (const one of together) {
    expectValue(await one);
  }
  run.append(started('last'));
  await run.close();
  expect(read().at(-1)).toEqual(started('last'));
});

test('a journal that cannot be written says so whenever it is synchronised', async () => {
  const run = expectValue(await createFileSystemJournal(temporaryFolder()).open('a'));
  await run.close();
  run.append(started('a'));
  expect(expectCodes(await run.synchronise())).toEqual(['SK3030']);
  expect(expectCodes(await run.synchronise())).toEqual(['SK3030']);
});

test('a torn last line is what a crash leaves and no error', async () => {
  const folder = temporaryFolder();
  writeDeadJournal(folder, 'a', [started('a'), { type: 'run-finished', at, outcome: 'failed' }]);
  const journal = createFileSystemJournal(folder);
  expect(await journal.interrupted()).toEqual([]);
  const path = join(folder, 'a.jsonl');
  truncateSync(path, readFileSync(path).length - 1);
  expect((await journal.interrupted()).map((each) => each.run)).toEqual(['a']);
  appendFileSync(path, 'garbage\n');
  expect(await journal.interrupted()).toHaveLength(1);
});

test('reads up to the first damage, wherever it is', () => {
  const header = journalLine({ formatVersion: 1, process: ownIdentity() });
  const lines = [started('a'), started('b'), started('c')].map(journalLine);
  const text = header + lines.join('');
  fc.assert(
    fc.property(fc.nat(text.length - 1), (index) => {
      const damaged = `${text.slice(0, index)}${text[index] === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
      const whole = Math.max(0, Math.floor((index - header.length) / (lines[0]?.length ?? 1)));
      expect(parseJournal(damaged).entries).toHaveLength(whole);
    }),
  );
});

test('keeps the newest journals only', async () => {
  const folder = temporaryFolder();
  for (let run = 0; run < 60; run++) {
    writeFileSync(join(folder, `run-${String(run).padStart(3, '0')}.jsonl`), '');
  }
  await expectValue(await createFileSystemJournal(folder).open('run-999')).close();
  const left = readdirSync(folder).toSorted();
  expect([left.length, left[0], left.at(-1)]).toEqual([51, 'run-010.jsonl', 'run-999.jsonl']);
});

test('a folder that cannot be written is a failure, a run id with a path in it a bug', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  expect(expectCodes(await createFileSystemJournal(join(folder, 'file')).open('a'))).toEqual(['SK3030']);
  await expect(createFileSystemJournal(folder).open('../a')).rejects.toThrow('not a run id');
});
