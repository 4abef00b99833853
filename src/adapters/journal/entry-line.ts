import { canonicalJson } from '../../model/canonical-json.ts';
import { digestOfBytes, hexOf } from '../../model/digest.ts';
import { isJsonObject } from '../../model/json.ts';
import type { JournalEntry } from './journal.ts';

const checksumDigits = 16;

/** An entry as one line: the first 16 digits of the SHA-256 of its JSON, a space, the JSON. */
export function entryLine(entry: JournalEntry): string {
  const json = canonicalJson({ ...entry });
  return `${checksumOf(json)} ${json}\n`;
}

/** The entries up to the first line that is torn or damaged. A torn last line is what a crash leaves. */
export function readEntries(text: string): readonly JournalEntry[] {
  const entries: JournalEntry[] = [];
  const lines = text.split('\n');
  for (const line of lines.slice(0, -1)) {
    const json = line.slice(checksumDigits + 1);
    if (line.slice(0, checksumDigits + 1) !== `${checksumOf(json)} `) {
      break;
    }
    const entry: unknown = JSON.parse(json);
    if (!isEntry(entry)) {
      break;
    }
    entries.push(entry);
  }
  return entries;
}

function checksumOf(json: string): string {
  return hexOf(digestOfBytes(json)).slice(0, checksumDigits);
}

/** The checksum vouches for what this program wrote; this tells formats apart. */
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
    case 'action-finished':
      return typeof value['action'] === 'string';
    default:
      return false;
  }
}
