import { open } from 'node:fs/promises';
import { releaseMemory } from '../../../model/release-memory.ts';
import { parseStanza, type Stanza } from './deb822.ts';

/** One stanza of a `Packages` file: its exact text, ended by a newline, and its fields. */
export interface IndexedPackage {
  readonly text: string;
  readonly fields: Stanza;
}

const pieceBytes = 256 * 1024;
const longestStanzaBytes = 4 * 1024 * 1024;

/**
 * The stanzas of a `Packages` file whose package name is wanted, in file order. The file, tens of megabytes, is
 * looked through in pieces and only those stanzas are parsed; stanzas that cannot be read are left out.
 */
export async function* packagesNamed(
  path: string,
  names: ReadonlySet<string>,
): AsyncGenerator<IndexedPackage> {
  for await (const stanzas of stanzaPieces(path)) {
    for (const { name, bytes } of stanzas) {
      if (names.has(name)) {
        const text = `${bytes.toString('utf8').trimEnd()}\n`;
        const fields = parseStanza(text);
        if (fields !== undefined) {
          yield { text, fields };
        }
      }
    }
  }
}

/** All package names of a `Packages` file. */
export async function* packageNames(path: string): AsyncGenerator<string> {
  for await (const stanzas of stanzaPieces(path)) {
    for (const { name } of stanzas) {
      yield name;
    }
  }
}

interface StanzaBytes {
  readonly name: string;
  /** Holds until the next piece is asked for. */
  readonly bytes: Buffer;
}

async function* stanzaPieces(path: string): AsyncGenerator<readonly StanzaBytes[]> {
  await using file = await open(path);
  let memory = Buffer.allocUnsafeSlow(pieceBytes);
  let restBytes = 0;
  while (restBytes <= longestStanzaBytes) {
    if (restBytes === memory.length) {
      const larger = Buffer.allocUnsafeSlow(2 * memory.length);
      larger.set(memory);
      releaseMemory(memory.buffer);
      memory = larger;
    }
    const { bytesRead } = await file.read(memory, restBytes, memory.length - restBytes);
    const bytes = memory.subarray(0, restBytes + bytesRead);
    const whole = bytesRead === 0 ? bytes.length : bytes.lastIndexOf('\n\n') + 1;
    yield stanzasOf(bytes.subarray(0, whole));
    if (bytesRead === 0) {
      break;
    }
    memory.copyWithin(0, whole, bytes.length);
    restBytes = bytes.length - whole;
  }
  releaseMemory(memory.buffer);
}

const nameField = Buffer.from('Package: ');

/** Every archive that Debian's tools write starts a stanza with its `Package` field. */
function stanzasOf(bytes: Buffer): readonly StanzaBytes[] {
  const stanzas: StanzaBytes[] = [];
  let start = 0;
  while (start < bytes.length) {
    const gap = bytes.indexOf('\n\n', start);
    const end = gap === -1 ? bytes.length : gap;
    while (bytes[start] === 0x0a) {
      start++;
    }
    const stanza = bytes.subarray(start, end);
    if (stanza.subarray(0, nameField.length).equals(nameField)) {
      const nameEnd = stanza.indexOf(0x0a);
      const name = stanza.toString('latin1', nameField.length, nameEnd === -1 ? stanza.length : nameEnd);
      stanzas.push({ name: name.trim(), bytes: stanza });
    }
    start = end + 1;
  }
  return stanzas;
}
