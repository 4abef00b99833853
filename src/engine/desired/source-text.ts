import { Buffer, isUtf8 } from 'node:buffer';
import type { Diagnostic, Place, Position } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { documentLimitBytes } from '../source/source-tree.ts';

/** A file of the desired state, decoded and with nothing in it that a YAML document cannot have. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
  /** The place of a range of UTF-16 units; blank space at its end is left out. */
  placeAt(start: number, end: number): Place;
}

/**
 * Decodes a document: UTF-8 without byte order mark, at most 256 KiB, no control characters but line ends and tabs.
 * Gives SK1001 to SK1004.
 */
export function decodeSource(file: string, bytes: Uint8Array): Result<SourceText> {
  if (bytes.length > documentLimitBytes) {
    return failure(tooLarge(file, bytes.length));
  }
  const mark = byteOrderMark(bytes);
  if (mark !== undefined) {
    return failure({
      code: 'SK1003',
      severity: 'error',
      message: `${file} starts with a byte order mark (${mark})`,
      hint: 'save it as UTF-8 without a byte order mark',
      place: { file, start: { line: 1, column: 1 }, end: { line: 1, column: 2 } },
    });
  }
  if (!isUtf8(bytes)) {
    return failure(notUtf8(file, bytes));
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const source = sourceText(file, text);
  const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/.exec(text);
  return control === null ? success(source) : failure(controlCharacter(source, control.index, control[0]));
}

/** SK1001 for a file that is not read at all. */
export function tooLarge(file: string, sizeBytes: number): Diagnostic {
  return {
    code: 'SK1001',
    severity: 'error',
    message: `${file} is too large: ${sizeBytes} bytes, at most ${documentLimitBytes} are read`,
    hint: 'split it into several documents, or move long texts into files that it names',
    place: { file },
  };
}

function sourceText(file: string, text: string): SourceText {
  let lineStarts: readonly number[] | undefined;
  let lastOffset: number | undefined;
  return { file, text, placeAt };

  function placeAt(start: number, end: number): Place {
    lineStarts ??= findLineStarts(text);
    // What is missing at the end is shown after the last line that has something in it.
    lastOffset ??= text.trimEnd().length;
    const first = Math.min(start, lastOffset);
    const trimmed = first + text.slice(first, Math.max(first, end)).trimEnd().length;
    const from = positionOf(first, lineStarts);
    const lineStart = lineStarts[from.line - 1] ?? 0;
    const nextLine = lineStarts[from.line] ?? text.length + 1;
    return {
      file,
      start: from,
      end: positionOf(Math.max(trimmed, first + 1), lineStarts),
      sourceLine: text.slice(lineStart, nextLine - 1).replace(/\r$/, ''),
    };
  }
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) {
    starts.push(at + 1);
  }
  return starts;
}

function positionOf(offset: number, lineStarts: readonly number[]): Position {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lineStarts[middle] ?? 0) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 };
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) {
    return 'UTF-8';
  }
  return (first === 0xfe && second === 0xff) || (first === 0xff && second === 0xfe) ? 'UTF-16' : undefined;
}

function notUtf8(file: string, bytes: Uint8Array): Diagnostic {
  let line = 1;
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    const part = bytes.subarray(start, end === -1 ? bytes.length : end);
    const shown = new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
    const column = shown.indexOf('\ufffd') + 1;
    if (end === -1 || (column > 0 && !Buffer.from(shown, 'utf8').equals(part))) {
      const position = { line, column: Math.max(column, 1) };
      return {
        code: 'SK1002',
        severity: 'error',
        message: `${file} is not UTF-8`,
        hint: 'save it as UTF-8',
        place: { file, start: position, end: { line, column: position.column + 1 }, sourceLine: shown },
      };
    }
    line += 1;
    start = end + 1;
  }
}

function controlCharacter(source: SourceText, offset: number, character: string): Diagnostic {
  const name = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    code: 'SK1004',
    severity: 'error',
    message: `${source.file} holds the control character ${name}`,
    hint: 'remove it, or write it as an escape in a double-quoted string',
    place: source.placeAt(offset, offset + 1),
  };
}
