import canonicalize from 'canonicalize';
import type { JsonValue } from './json.ts';

/** The one JSON text of a value (RFC 8785, JSON Canonicalization Scheme), without a final newline. */
export function canonicalJson(value: JsonValue | object): string {
  const text = canonicalize(value);
  if (text === undefined) {
    throw new TypeError('a value that JSON cannot hold has no canonical form');
  }
  return text;
}
