import type { ObjectId } from './git.ts';
import { asObjectId, idLengthBytes, type ObjectFormat } from './object-format.ts';

/** One entry of a tree object. */
export interface TreeEntry {
  /** As git writes it: `100644`, `40000` for a tree. */
  readonly mode: string;
  /** The bytes of the name, one character each, so that names which are no UTF-8 stay as they are. */
  readonly name: string;
  readonly id: ObjectId;
}

export const treeMode = '40000';

export function parseTree(bytes: Buffer, format: ObjectFormat): readonly TreeEntry[] {
  const entries: TreeEntry[] = [];
  const idBytes = idLengthBytes(format);
  let offset = 0;
  while (offset < bytes.length) {
    const space = bytes.indexOf(0x20, offset);
    const zero = bytes.indexOf(0, space);
    const end = zero + 1 + idBytes;
    if (space === -1 || zero === -1 || end > bytes.length) {
      throw new TypeError('a tree object is cut off');
    }
    entries.push({
      mode: bytes.toString('latin1', offset, space),
      name: bytes.toString('latin1', space + 1, zero),
      id: asObjectId(bytes.toString('hex', zero + 1, end)),
    });
    offset = end;
  }
  return entries;
}

/** The bytes of a tree object, in git's order: by bytes of the name, a tree's name counted with a slash after it. */
export function formatTree(entries: Iterable<TreeEntry>): Buffer {
  const sorted = [...entries].sort((left, right) => compareBytes(sortName(left), sortName(right)));
  return Buffer.concat(
    sorted.flatMap((entry) => [
      Buffer.from(`${entry.mode} ${entry.name}\0`, 'latin1'),
      Buffer.from(entry.id, 'hex'),
    ]),
  );
}

function sortName(entry: TreeEntry): string {
  return entry.mode === treeMode ? `${entry.name}/` : entry.name;
}

function compareBytes(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
