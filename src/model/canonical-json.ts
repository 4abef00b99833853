import { createRequire } from 'node:module';
import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** Printable ASCII without quote and backslash: JSON writes it as it is. */
const plainPattern = /^[ !#-[\]-~]*$/;

/** What is nested deeper is left to the library, which needs no stack. */
const deepest = 100;

/** The one JSON text of a value (RFC 8785, JSON Canonicalization Scheme), without a final newline. */
export function canonicalJson(value: JsonValue | object): string {
  const text = plainText(value, 0) ?? textByLibrary(value);
  if (text === undefined) {
    throw new TypeError('a value that JSON cannot hold has no canonical form');
  }
  return text;
}

/** Few values need the library, and what every command loads does without it. */
function textByLibrary(value: unknown): string | undefined {
  const load = createRequire(import.meta.url);
  const library = load('canonicalize') as typeof import('canonicalize');
  return library.default(value);
}

/**
 * The same text in a fraction of the time, for values that JSON could have given; nothing for others and for deeply
 * nested ones: the library knows their text or their error.
 */
function plainText(value: unknown, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? `${value}` : undefined;
    case 'boolean':
      return `${value}`;
    case 'object':
      return value === null ? 'null' : depth === deepest ? undefined : containerText(value, depth + 1);
    default:
      return undefined;
  }
}

function containerText(value: object, depth: number): string | undefined {
  if (Array.isArray(value)) {
    return listText(value, depth);
  }
  return isJsonObject(value) ? objectText(value, depth) : undefined;
}

function quoted(text: string): string | undefined {
  if (plainPattern.test(text)) {
    return `"${text}"`;
  }
  return text.isWellFormed() ? JSON.stringify(text) : undefined;
}

function listText(values: readonly unknown[], depth: number): string | undefined {
  let text = '';
  for (const value of values) {
    const valueText = plainText(value, depth);
    if (valueText === undefined) {
      return undefined;
    }
    text += text === '' ? valueText : `,${valueText}`;
  }
  return `[${text}]`;
}

function objectText(value: JsonObject, depth: number): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return undefined;
  }
  let text = '';
  for (const key of keysInOrder(value)) {
    const member = value[key];
    if (member !== undefined) {
      const keyText = quoted(key);
      const memberText = plainText(member, depth);
      if (keyText === undefined || memberText === undefined) {
        return undefined;
      }
      text += text === '' ? `${keyText}:${memberText}` : `,${keyText}:${memberText}`;
    }
  }
  return `{${text}}`;
}

/** By UTF-16 code units, as RFC 8785 (section 3.2.3) wants it; many stand in that order already. */
function keysInOrder(value: JsonObject): readonly string[] {
  const keys = Object.keys(value);
  let before = '';
  for (const key of keys) {
    if (key < before) {
      return keys.sort();
    }
    before = key;
  }
  return keys;
}
