import { crc32 } from 'node:zlib';
import { isJsonObject } from '../../model/json.ts';
import type { ProcessIdentity } from '../process/process-identity.ts';
import type { JournalEntry } from './journal.ts';

const checksumDigits = 8;

/** The first line of a journal. */
export interface JournalHeader {
  readonly formatVersion: 1;
  /** Who writes it. */
  readonly process: ProcessIdentity;
}

/** What a journal holds up to its first torn or damaged line. A torn last line is what a crash leaves. */
export interface JournalText {
  readonly header: JournalHeader | undefined;
  readonly entries: readonly JournalEntry[];
}

/** A header or an entry as one line: the CRC-32 of its JSON as eight hexadecimal digits, a space, the JSON. */
export function journalLine(content: JournalHeader | JournalEntry): string {
  const json = JSON.stringify(content);
  return `${checksumOf(json)} ${json}\n`;
}

export function parseJournal(text: string): JournalText {
  const entries: JournalEntry[] = [];
  let header: JournalHeader | undefined;
  for (const line of text.split('\n').slice(0, -1)) {
    const json = line.slice(checksumDigits + 1);
    if (line.slice(0, checksumDigits + 1) !== `${checksumOf(json)} `) {
      break;
    }
    const content: unknown = JSON.parse(json);
    if (header === undefined && isHeader(content)) {
      header = content;
    } else if (header !== undefined && isEntry(content)) {
      entries.push(content);
    } else {
      break;
    }
  }
  return { header, entries };
}

function checksumOf(json: string): string {
  return crc32(json).toString(16).padStart(checksumDigits, '0');
}

/** The checksum vouches for what this program wrote; this and the next tell formats apart. */
function isHeader(value: unknown): value is JournalHeader {
  const process: unknown = isJsonObject(value) && value['formatVersion'] === 1 ? value['process'] : undefined;
  return (
    isJsonObject(process) &&
    typeof process['pid'] === 'number' &&
    typeof process['startTicks'] === 'number' &&
    typeof process['namespace'] === 'string'
  );
}

function isEntry(value: unknown): value is JournalEntry {
  if (!isJsonObject(value) || typeof value['at'] !== 'string') {
    return false;
  }
  switch (value['type']) {
    case 'run-started':
      return typeof value['run'] === 'string';
    case 'run-finished':
      return typeof value['outcome'] === 'string';
    case 'effect-started':
    case 'action-retried':
    case 'action-finished':
      return typeof value['action'] === 'string';
    case 'handover-started':
    case 'handover-finished':
      return true;
    default:
      return false;
  }
}
