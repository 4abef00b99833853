import { Buffer, isUtf8 } from 'node:buffer';
import type { Diagnostic, Place } from '../model/diagnostic.ts';
import { boundedFindings } from './bounded-findings.ts';
import { jsonSpans, mayRepeatKeys, type Span } from './json-spans.ts';
import type { EntryOrigin, ListedEntry } from './listed-entry.ts';
import { normaliseEntry } from './normalise-entry.ts';
import type { KnownPorts } from './normalise-ports.ts';
import { parseLine } from './parse-line.ts';

/** Largest file of entries that is read. */
export const entryLinesLimitBytes = 64 * 1024 * 1024;
/** Longest line, in UTF-16 units. */
const lineLimit = 64 * 1024;

/** The entries of a file, and what is wrong with the lines that gave none. */
export interface EntryLines {
  readonly entries: readonly ListedEntry[];
  readonly findings: readonly Diagnostic[];
}

/**
 * Reads a file of `entriesFrom`: UTF-8 without byte order mark, a JSON object a line, blank lines allowed. Gives SK1433
 * for the file, SK1434 to SK1436 for lines, and what `normaliseEntry` gives for entries.
 */
export function readEntryLines(file: string, bytes: Uint8Array, list: string): EntryLines {
  const refused = refusal(file, bytes);
  if (refused !== undefined) {
    return { entries: [], findings: [refused] };
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const origin = lineOrigin(file, text);
  const findings = boundedFindings(file, file);
  const entries: ListedEntry[] = [];
  const knownPorts: KnownPorts = new Map();
  let number = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    number++;
    readLine(start, end, number);
    start = end + 1;
  }
  return { entries, findings: findings.all() };

  function readLine(start: number, end: number, index: number): void {
    if (end - start > lineLimit) {
      findings.add('error', () => ({ ...tooLong(file, index), place: origin.placeOf(index, '') }));
      return;
    }
    const line = text.slice(start, end);
    const raw = parseLine(line);
    if (raw.problem === 'blank') {
      return;
    }
    if (raw.problem !== undefined) {
      const span = { start: raw.problem, end: raw.problem + 1 };
      findings.add('error', () => ({ ...notJson(file, index), place: linePlace(file, index, line, span) }));
      return;
    }
    const [repeated] = mayRepeatKeys(line, raw.value) ? jsonSpans(line).repeated : [];
    if (repeated !== undefined) {
      const first = jsonSpans(line).keys.get(repeated.pointer);
      findings.add('error', () => ({
        code: 'SK1435',
        message: `line ${index} of ${file} has the key ${line.slice(repeated.span.start, repeated.span.end)} twice`,
        hint: 'keep one of the two',
        place: linePlace(file, index, line, repeated.span),
        ...(first === undefined
          ? {}
          : { related: [{ message: 'it stands here first', place: linePlace(file, index, line, first) }] }),
      }));
      return;
    }
    const normal = normaliseEntry(raw.value, list, knownPorts);
    for (const { severity, code, message, hint, pointer, part } of normal.ok
      ? normal.warnings
      : normal.problems) {
      findings.add(severity, () => ({
        code,
        message: `line ${index} of ${file}: ${message}`,
        hint,
        place: origin.placeOf(index, pointer, part),
      }));
    }
    if (normal.ok) {
      entries.push({ entry: normal.entry, status: normal.status, origin, index });
    }
  }
}

/** Places in a file of lines; where lines start is found out with the first. */
function lineOrigin(file: string, text: string): EntryOrigin {
  let starts: readonly number[] | undefined;
  return {
    placeOf: (index, pointer, part) => {
      starts ??= lineStarts(text);
      const start = starts[index - 1] ?? 0;
      const line = text.slice(start, (starts[index] ?? text.length + 1) - 1);
      return line.length > lineLimit
        ? { file, start: { line: index, column: 1 } }
        : linePlace(file, index, line, spanOf(line, pointer, part));
    },
  };
}

/** The member of a pointer, or the nearest that is there. */
function spanOf(line: string, pointer: string, part: 'key' | undefined): Span {
  const { keys, values } = jsonSpans(line);
  for (let at = pointer; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
    const span = part === 'key' ? keys.get(at) : values.get(at);
    if (span !== undefined) {
      return span;
    }
  }
  return values.get('') ?? { start: 0, end: line.length };
}

function linePlace(file: string, line: number, sourceLine: string, { start, end }: Span): Place {
  return {
    file,
    start: { line, column: start + 1 },
    end: { line, column: Math.max(end, start + 1) + 1 },
    sourceLine: sourceLine.replace(/\r$/, ''),
  };
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

function refusal(file: string, bytes: Uint8Array): Diagnostic | undefined {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const large = bytes.length > entryLinesLimitBytes;
  if (!large && !marked && isUtf8(bytes)) {
    return undefined;
  }
  const what = large
    ? `has ${bytes.length} bytes; at most ${entryLinesLimitBytes} are read`
    : marked
      ? 'starts with a byte order mark'
      : 'is not UTF-8';
  const line = large || marked ? 1 : firstBadLine(bytes);
  return {
    code: 'SK1433',
    severity: 'error',
    message: `${file} ${what}`,
    hint: large
      ? 'split the list into several that include each other'
      : 'save it as UTF-8 without a byte order mark',
    place: { file, start: { line, column: 1 } },
  };
}

function firstBadLine(bytes: Uint8Array): number {
  for (let line = 1, start = 0; ; line++) {
    const newline = bytes.indexOf(0x0a, start);
    if (newline === -1 || !isUtf8(bytes.subarray(start, newline))) {
      return line;
    }
    start = newline + 1;
  }
}

function tooLong(file: string, line: number) {
  return {
    code: 'SK1436',
    message: `line ${line} of ${file} is longer than ${lineLimit} characters`,
    hint: 'write one entry a line',
  } as const;
}

function notJson(file: string, line: number) {
  return {
    code: 'SK1434',
    message: `line ${line} of ${file} is not JSON`,
    hint: 'write an object on one line: {"match": {"host": "deb.debian.org"}, "reason": "package updates"}',
  } as const;
}
