import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

/**
 * Text with a first line that says what it is for and whether it is whole. What `fingerprint` names (format, engine,
 * schemas) must be the same when it is read: a text of another version, a damaged and a cut-off one are no text.
 */
export function sealText(fingerprint: string, body: string): string {
  return `${firstLine(fingerprint, body)}\n${body}`;
}

/** The body of a sealed text, or nothing. */
export function openSealed(fingerprint: string, text: string | undefined): string | undefined {
  const end = text?.indexOf('\n') ?? -1;
  if (text === undefined || end === -1) {
    return undefined;
  }
  const body = text.slice(end + 1);
  return text.slice(0, end) === firstLine(fingerprint, body) ? body : undefined;
}

function firstLine(fingerprint: string, body: string): string {
  // The lower halves of the characters are enough to find damage, and take a tenth of the time of encoding.
  return JSON.stringify([fingerprint, body.length, crc32(Buffer.from(body, 'latin1'))]);
}
