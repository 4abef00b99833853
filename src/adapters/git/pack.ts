import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { ObjectType } from './cat-file.ts';
import type { NewObject, ObjectFormat } from './object-format.ts';

/** A pack of whole objects, without deltas (gitformat-pack, version 2): one input for `git unpack-objects`. */
export function packOf(objects: readonly NewObject[], format: ObjectFormat): Buffer {
  const head = Buffer.alloc(12);
  head.write('PACK', 'latin1');
  head.writeUInt32BE(2, 4);
  head.writeUInt32BE(objects.length, 8);
  const parts = [head, ...objects.flatMap((object) => [entryHeader(object), deflateSync(object.bytes)])];
  const hash = createHash(format);
  for (const part of parts) {
    hash.update(part);
  }
  return Buffer.concat([...parts, hash.digest()]);
}

const typeNumbers = { commit: 1, tree: 2, blob: 3, tag: 4 } as const satisfies Record<ObjectType, number>;

/** Type in bits 4 to 6 of the first byte, size in its low four bits and then seven bits a byte, lowest first. */
function entryHeader(object: NewObject): Buffer {
  const bytes: number[] = [];
  let rest = object.bytes.length;
  let byte = (typeNumbers[object.type] << 4) | (rest & 0x0f);
  rest = Math.floor(rest / 16);
  while (rest > 0) {
    bytes.push(byte | 0x80);
    byte = rest & 0x7f;
    rest = Math.floor(rest / 128);
  }
  bytes.push(byte);
  return Buffer.from(bytes);
}
