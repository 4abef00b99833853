import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';

/** The namespace that STIX 2.1 (section 2.9) has for identifiers of its cyber-observable objects, and for nothing else. */
export const observableNamespace = '00abedb4-aa42-466c-9c01-fed23315a9b7';

/** The namespace of the other objects that allow-lists are written as. */
export const allowListNamespace = 'b5f0a8cb-3f0c-4f0e-9a2e-6d1c5c0e7a41';

/** UUID of version 5 (RFC 9562): the same name in the same namespace has the same one. */
export function uuidOfName(namespace: string, name: string): string {
  const bytes = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)]);
  const hex = hash('sha1', bytes, 'hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
