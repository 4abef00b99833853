import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionId } from '../../model/action.ts';
import { compareCodePoints } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { entryLine, readEntries } from './entry-line.ts';
import type { InterruptedRun, Journal, JournalEntry, RunJournal } from './journal.ts';

const keptJournals = 50;

/** One file a run, `<folder>/<run>.jsonl`. The newest fifty are kept. */
export function createFileSystemJournal(folder: string): Journal {
  return {
    open: (run) => guarded(folder, () => openRun(folder, run)),
    interrupted: async (running) => {
      const found: InterruptedRun[] = [];
      for (const name of await journalNames(folder)) {
        const run = name.slice(0, -'.jsonl'.length);
        const entries = readEntries(await readFile(join(folder, name), 'utf8').catch(() => ''));
        const last = entries.at(-1);
        if (last !== undefined && last.type !== 'run-finished' && !running.includes(run)) {
          found.push(interruptedRun(run, last.at, entries));
        }
      }
      return found;
    },
  };
}

async function openRun(folder: string, run: string): Promise<RunJournal> {
  if (!/^[A-Za-z0-9-]+$/.test(run)) {
    throw new TypeError(`not a run id: ${JSON.stringify(run)}`);
  }
  await mkdir(folder, { recursive: true });
  for (const name of (await journalNames(folder)).slice(0, -keptJournals)) {
    await rm(join(folder, name), { force: true });
  }
  const file = await open(join(folder, `${run}.jsonl`), 'ax', 0o600);
  return {
    append: (entry) => guarded(folder, () => file.appendFile(entryLine(entry))),
    synchronise: () => guarded(folder, () => file.datasync()),
    close: () => file.close(),
  };
}

function interruptedRun(run: string, lastEntryAt: string, entries: readonly JournalEntry[]): InterruptedRun {
  const finished = new Set<ActionId>();
  const effects: ActionId[] = [];
  for (const entry of entries) {
    if (entry.type === 'action-finished') {
      finished.add(entry.action);
    } else if (entry.type === 'effect-started') {
      effects.push(entry.action);
    }
  }
  const openEffects = effects.filter((action) => !finished.has(action));
  return { run, lastEntryAt, finishedActions: finished.size, openEffects };
}

/** Run ids sort by time. */
async function journalNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.jsonl')).toSorted(compareCodePoints);
}

async function guarded<Value>(folder: string, work: () => Promise<Value>): Promise<Result<Value>> {
  try {
    return success(await work());
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) {
      throw error;
    }
    return failure({
      code: 'SK3030',
      severity: 'error',
      message: `the journal in ${folder} could not be written (${error.message})`,
      hint: 'look whether the folder may be written and has space left',
      failure: 'transient',
    });
  }
}
