import { appendFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryLine, readEntries } from '../../../src/adapters/journal/entry-line.ts';
import { createFileSystemJournal } from '../../../src/adapters/journal/file-system-journal.ts';
import type { JournalEntry } from '../../../src/adapters/journal/journal.ts';
import { idOf } from '../../rig/execution.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const at = '2026-01-01T00:00:00.000Z';
const started = (run: string): JournalEntry => ({ type: 'run-started', at, run });

test('lists runs that began and did not end, with effects that are in doubt', async () => {
  const journal = createFileSystemJournal(join(temporaryFolder(), 'journal'));
  const first = expectValue(await journal.open('20260101T000000Z-a'));
  for (const entry of [
    started('20260101T000000Z-a'),
    { type: 'effect-started', at, action: idOf('r/a') },
    { type: 'action-finished', at, action: idOf('r/a'), status: 'succeeded' },
    { type: 'effect-started', at: '2026-01-01T00:00:09.000Z', action: idOf('r/b') },
  ] satisfies JournalEntry[]) {
    expectValue(await first.append(entry));
  }
  expectValue(await first.synchronise());
  await first.close();
  const second = expectValue(await journal.open('20260101T000001Z-b'));
  expectValue(await second.append(started('20260101T000001Z-b')));
  expectValue(await second.append({ type: 'run-finished', at, outcome: 'succeeded' }));
  await second.close();
  const third = expectValue(await journal.open('20260101T000002Z-c'));
  expectValue(await third.append(started('20260101T000002Z-c')));
  expect(await journal.interrupted(['20260101T000002Z-c'])).toEqual([
    {
      run: '20260101T000000Z-a',
      lastEntryAt: '2026-01-01T00:00:09.000Z',
      finishedActions: 1,
      openEffects: [idOf('r/b')],
    },
  ]);
  await third.close();
});

test('a torn last line is what a crash leaves and no error', async () => {
  const folder = temporaryFolder();
  const journal = createFileSystemJournal(folder);
  const run = expectValue(await journal.open('a'));
  expectValue(await run.append(started('a')));
  expectValue(await run.append({ type: 'run-finished', at, outcome: 'failed' }));
  await run.close();
  const path = join(folder, 'a.jsonl');
  truncateSync(path, readFileSync(path).length - 1);
  expect((await journal.interrupted([])).map((each) => each.run)).toEqual(['a']);
  appendFileSync(path, 'garbage\n');
  expect(await journal.interrupted([])).toHaveLength(1);
});

test('reads up to the first damage, wherever it is', () => {
  const lines = [started('a'), started('b'), started('c')].map(entryLine);
  const text = lines.join('');
  fc.assert(
    fc.property(fc.nat(text.length - 1), (index) => {
      const damaged = `${text.slice(0, index)}${text[index] === 'x' ? 'y' : 'x'}${text.slice(index + 1)}`;
      const whole = Math.floor(index / (lines[0]?.length ?? 1));
      expect(readEntries(damaged)).toHaveLength(whole);
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
