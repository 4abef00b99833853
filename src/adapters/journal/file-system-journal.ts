import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ActionId } from '../../model/action.ts';
import { compareCodePoints } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { ownIdentity, processState } from '../process/process-identity.ts';
import { type JournalText, journalLine, parseJournal } from './entry-line.ts';
import { createGroupWriter } from './group-writer.ts';
import type { InterruptedRun, Journal, RunJournal } from './journal.ts';

const keptJournals = 50;

/** One file a run, `<folder>/<run>.jsonl`. The newest fifty are kept. */
export function createFileSystemJournal(folder: string): Journal {
  return {
    open: (run) => guarded(folder, () => openRun(folder, run)),
    interrupted: async () => {
      const found: InterruptedRun[] = [];
      for (const names of sameSecond((await journalNames(folder)).toReversed())) {
        for (const { name, text } of await newestFirst(folder, names)) {
          const run = interruptedRun(name.slice(0, -'.jsonl'.length), text);
          if (run === 'finished') {
            return found;
          }
          if (run !== undefined) {
            found.unshift(run);
          }
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
  const writer = createGroupWriter(file);
  writer.add(journalLine({ formatVersion: 1, process: ownIdentity() }));
  return {
    append: (entry) => writer.add(journalLine(entry)),
    synchronise: () => guarded(folder, writer.synchronise),
    close: async () => {
      await writer.synchronise().catch(() => {});
      await file.close();
    },
  };
}

/** Names in a row whose runs began in the same second: their order says nothing. */
function sameSecond(names: readonly string[]): readonly (readonly string[])[] {
  const second = (name: string) => name.slice(0, name.lastIndexOf('-'));
  const groups: string[][] = [];
  for (const name of names) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && second(group[0]) === second(name)) {
      group.push(name);
    } else {
      groups.push([name]);
    }
  }
  return groups;
}

/** Journals by their last entry. */
async function newestFirst(
  folder: string,
  names: readonly string[],
): Promise<readonly { readonly name: string; readonly text: JournalText }[]> {
  const read = names.map(async (name) => {
    const text = parseJournal(await readFile(join(folder, name), 'utf8').catch(() => ''));
    return { name, text, lastAt: text.entries.at(-1)?.at ?? '' };
  });
  return (await Promise.all(read)).toSorted((left, right) => compareCodePoints(right.lastAt, left.lastAt));
}

/** Nothing for a run that is at work, or that did not come to its first entry. */
function interruptedRun(
  run: string,
  { header, entries }: JournalText,
): InterruptedRun | 'finished' | undefined {
  const last = entries.at(-1);
  if (last === undefined || header === undefined) {
    return undefined;
  }
  if (last.type === 'run-finished' || last.type === 'handover-finished') {
    return 'finished';
  }
  const process = processState(header.process);
  if (process === 'running') {
    return undefined;
  }
  const finished = new Set<ActionId>();
  const effects = new Set<ActionId>();
  for (const entry of entries) {
    if (entry.type === 'action-finished') {
      finished.add(entry.action);
    } else if (entry.type === 'effect-started') {
      effects.add(entry.action);
    }
  }
  return {
    run,
    lastEntryAt: last.at,
    finishedActions: finished.size,
    openEffects: [...effects.difference(finished)],
    inHandover: last.type === 'handover-started',
    process,
  };
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
