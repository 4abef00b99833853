/** A member of a cpio archive. Folders stand before what lies in them. */
export type CpioEntry =
  | { readonly type: 'folder'; readonly path: string; readonly mode: number }
  | { readonly type: 'file'; readonly path: string; readonly mode: number; readonly bytes: Uint8Array }
  | { readonly type: 'symbolic-link'; readonly path: string; readonly target: string };

const fileTypeBits = { folder: 0o040000, file: 0o100000, 'symbolic-link': 0o120000 } as const;

/**
 * An uncompressed archive in the `newc` format that Linux takes as initramfs
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Owners are 0, times are 0 and inode numbers count
 * from 1: the same entries give the same bytes.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const parts: Uint8Array[] = [];
  for (const [index, entry] of entries.entries()) {
    const mode = fileTypeBits[entry.type] | (entry.type === 'symbolic-link' ? 0o777 : entry.mode);
    parts.push(...member(entry.path, index + 1, mode, contentOf(entry)));
  }
  parts.push(...member('TRAILER!!!', 0, 0, new Uint8Array()));
  return Buffer.concat(parts);
}

function contentOf(entry: CpioEntry): Uint8Array {
  switch (entry.type) {
    case 'folder':
      return new Uint8Array();
    case 'file':
      return entry.bytes;
    case 'symbolic-link':
      return Buffer.from(entry.target);
  }
}

function member(path: string, inode: number, mode: number, content: Uint8Array): readonly Uint8Array[] {
  const name = Buffer.from(`${path}\0`);
  const links = (mode & 0o170000) === fileTypeBits.folder ? 2 : 1;
  const fields = [inode, mode, 0, 0, links, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map(hexadecimal).join('')}`);
  return [header, name, padding(header.length + name.length), content, padding(content.length)];
}

function hexadecimal(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}

function padding(length: number): Uint8Array {
  return new Uint8Array((4 - (length % 4)) % 4);
}
