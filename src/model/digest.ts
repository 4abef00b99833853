import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import type { JsonValue } from './json.ts';

declare const digestBrand: unique symbol;

/** `sha256:` and 64 lower-case hexadecimal digits. */
export type Digest = string & { readonly [digestBrand]: true };

const digestPattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: unknown): text is Digest {
  return typeof text === 'string' && digestPattern.test(text);
}

/** For text that the program itself wrote; text from outside goes through {@link isDigest}. */
export function asDigest(text: string): Digest {
  if (!isDigest(text)) {
    throw new TypeError(`not a SHA-256 digest: ${JSON.stringify(text)}`);
  }
  return text;
}

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return `sha256:${hash('sha256', bytes)}` as Digest;
}

/** SHA-256 over the RFC 8785 form, so the order of keys never matters. */
export function digestOfJson(value: JsonValue | object): Digest {
  return digestOfBytes(canonicalJson(value));
}

/** The 64 hexadecimal digits alone, as in-toto digest sets and OCI file names want them. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}
