import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';

/**
 * Text with a first line that says what it is for and whether it is whole. What `fingerprint` names (format, engine,
 * schemas) must be the same when it is read: a text of another version, a damaged and a cut-off one are no text.
 */
export function sealText(fingerprint: string, body: string): string {
  return `${firstLine(fingerprint, Buffer.from(body))}\n${body}`;
}

/** The body of a sealed text in UTF-8, or nothing. */
export function openSealed(fingerprint: string, text: Buffer | undefined): string | undefined {
  const end = text?.indexOf('\n') ?? -1;
  if (text === undefined || end === -1) {
    return undefined;
  }
  const body = text.subarray(end + 1);
  return text.toString('utf8', 0, end) === firstLine(fingerprint, body) ? body.toString() : undefined;
}

function firstLine(fingerprint: string, body: Buffer): string {
  return JSON.stringify([fingerprint, body.length, crc32(body)]);
}
