import { createHash } from 'node:crypto';
import type { PackRequest } from '../packer.ts';

/** Identifiers of one image: equal for equal images, different for different ones. */
export interface ImageIdentity {
  /** A UUID (RFC 9562, version 8: SHA-256 of a name) for one purpose. */
  uuid(purpose: string): string;
  /** 32 bits for one purpose, as eight lower-case hexadecimal digits. */
  serial(purpose: string): string;
}

export function imageIdentity({
  image,
  treeDigest,
}: Pick<PackRequest, 'image' | 'treeDigest'>): ImageIdentity {
  function hashOf(purpose: string): Buffer {
    return createHash('sha256')
      .update(['sandkiln', purpose, image.name, image.architecture, treeDigest].join('\0'))
      .digest();
  }
  return {
    uuid(purpose) {
      const bytes = hashOf(purpose).subarray(0, 16);
      bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
      bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    },
    serial: (purpose) => hashOf(purpose).subarray(0, 4).toString('hex'),
  };
}
