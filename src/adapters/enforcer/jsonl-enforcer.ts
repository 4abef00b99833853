import { entryLinesLimitBytes, readEntryLines } from '../../allow-list/entry-lines.ts';
import { rawEntryOf } from '../../allow-list/raw-entry.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from './enforcer.ts';
import { everyAbility } from './every-ability.ts';
import { isPlainListName } from './export-header.ts';
import { notInItsForm, notSayable, unusableListName } from './export-problem.ts';
import { readOnlyFile } from './read-only-file.ts';

/**
 * A list as JSON lines that `entriesFrom` of another list takes: everything that decides about traffic, and what people
 * wrote about it. Entries of included lists and of groups that are always denied stand there as the list's own. Lines
 * of entries leave no room for a header; the file is named after the list.
 */
export const jsonlEnforcer: Enforcer = {
  name: 'jsonl',
  abilities: everyAbility,
  compile,
  readBack: (files) => readOnlyFile(files, readFile),
};

function compile({ list, entries }: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(list)) {
    return failure(unusableListName(list));
  }
  const bytes = Buffer.from(entries.map((entry) => `${JSON.stringify(rawEntryOf(entry))}\n`).join(''));
  return bytes.length > entryLinesLimitBytes
    ? failure(
        notSayable(
          `the allow-list ${list} comes to ${bytes.length} bytes in ${entries.length} lines; at most ${entryLinesLimitBytes} are read back`,
          'export a part of it with a scope',
        ),
      )
    : success({ files: [{ name: `${list}.jsonl`, bytes }], losses: [] });
}

function readFile(file: ExportedFile) {
  const { entries, findings } = readEntryLines(file.name, file.bytes, file.name);
  const wrong = findings.find(({ severity }) => severity === 'error');
  return wrong === undefined
    ? success(entries.map(({ entry }) => entry))
    : failure(notInItsForm(wrong.message));
}
