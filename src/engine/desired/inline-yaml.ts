import type { JsonArray, JsonObject, JsonValue } from '../../model/json.ts';
import { pointerStep } from '../../model/json-pointer.ts';

/** Where a value and its key stand, in UTF-16 units from the start of the text. */
export interface PlainRange {
  readonly key: readonly [start: number, end: number] | undefined;
  /** Nothing for a value that fills lines of its own, and for one that is not there. */
  readonly value: readonly [start: number, end: number] | undefined;
  readonly isBlock: boolean;
}

/**
 * A value of YAML that fills the rest of its line, but for a comment. Nothing where anything in it is unusual. `start` is
 * where the text stands in the document; ranges are told by pointer where somebody wants them.
 */
export function inlineValue(
  text: string,
  start: number,
  pointer: string,
  ranges: Map<string, PlainRange> | undefined,
): JsonValue | undefined {
  let at = 0;
  const value = valueHere(blockPlain, 1, pointer);
  return at === text.length || text.charAt(at) === ' ' ? unlessMore() : undefined;

  function unlessMore(): JsonValue | undefined {
    const rest = text.slice(at).trimStart();
    return rest === '' || rest.startsWith('#') ? value : undefined;
  }

  function valueHere(plain: RegExp, depth: number, below: string): JsonValue | undefined {
    const from = at;
    const found = readHere(plain, depth, below);
    ranges?.set(below, { key: undefined, value: [start + from, start + at], isBlock: false });
    return found;
  }

  function readHere(plain: RegExp, depth: number, below: string): JsonValue | undefined {
    switch (text.charAt(at)) {
      case '{':
        return depth > deepest ? undefined : flowMap(depth, below);
      case '[':
        return depth > deepest ? undefined : flowList(depth, below);
      case '"': {
        const quoted = take(doubleQuoted);
        // JSON and YAML read the escapes that are let through alike.
        return quoted === undefined ? undefined : (JSON.parse(quoted) as string);
      }
      case "'":
        return take(singleQuoted)?.slice(1, -1);
      default:
        return scalarOf(take(plain));
    }
  }

  function flowMap(depth: number, below: string): JsonObject | undefined {
    const map: Record<string, JsonValue> = Object.create(null);
    at += 1;
    take(spaces);
    if (closes('}')) {
      return map;
    }
    for (;;) {
      const from = start + at;
      const key = take(flowKey)?.trimEnd().slice(0, -1);
      if (key === undefined || key in map || isNoString(key)) {
        return undefined;
      }
      const inner = ranges === undefined ? '' : below + pointerStep(key);
      const field = valueHere(flowPlain, depth + 1, inner);
      if (field === undefined) {
        return undefined;
      }
      map[key] = field;
      ranges?.set(inner, {
        key: [from, from + key.length],
        value: ranges.get(inner)?.value,
        isBlock: false,
      });
      if (!goesOn()) {
        return closes('}') ? map : undefined;
      }
    }
  }

  function flowList(depth: number, below: string): JsonArray | undefined {
    const list: JsonValue[] = [];
    at += 1;
    take(spaces);
    if (closes(']')) {
      return list;
    }
    for (;;) {
      const item = valueHere(
        flowPlain,
        depth + 1,
        ranges === undefined ? '' : below + pointerStep(list.length),
      );
      if (item === undefined) {
        return undefined;
      }
      list.push(item);
      if (!goesOn()) {
        return closes(']') ? list : undefined;
      }
    }
  }

  function goesOn(): boolean {
    take(spaces);
    const is = text.charAt(at) === ',';
    if (is) {
      at += 1;
      take(spaces);
    }
    return is;
  }

  function closes(bracket: string): boolean {
    const is = text.charAt(at) === bracket;
    at += is ? 1 : 0;
    return is;
  }

  function take(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }
}

/** Deepest nesting on one line. */
const deepest = 12;

const flowKey = /([A-Za-z_/][A-Za-z0-9_.+/-]*): +/y;
const doubleQuoted = /"(?:[^"\\]|\\["\\nt])*"/y;
const singleQuoted = /'[^']*'/y;
const blockPlain =
  /(?:[A-Za-z0-9_/+~]|[.-](?=[A-Za-z0-9_/]|-[A-Za-z]))(?:[A-Za-z0-9_./+=@~^$()<>;,?!*&%'"\u00a1-\u052f\u2010-\u2027-]|:(?=[A-Za-z0-9_/])| +(?=[A-Za-z0-9_./+=@~^$()<>;,?!*&%'"\u00a1-\u052f\u2010-\u2027-]))*/y;
const flowPlain =
  /(?:[A-Za-z0-9_/+~]|[.-](?=[A-Za-z0-9_/]|-[A-Za-z]))(?:[A-Za-z0-9_./+=@~^$()<>;-]|:(?=[A-Za-z0-9_/])| +(?=[A-Za-z0-9_./+=@~^$()<>;-]))*/y;
const spaces = / */y;
const numberLike = /^(?:[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:e[-+]?\d+)?|0[ox][0-9a-f]+|[-+]?\.(?:inf|nan))$/i;

/** What a plain scalar means in the core schema (YAML 1.2.2, section 10.3.2); nothing for unusual numbers. */
function scalarOf(text: string | undefined): JsonValue | undefined {
  switch (text) {
    case '~':
    case 'null':
      return null;
    case 'true':
      return true;
    case 'false':
      return false;
    case undefined:
      return undefined;
    default:
      return /^(?:0|[1-9]\d{0,14})$/.test(text)
        ? Number(text)
        : isNoString(text) || numberLike.test(text)
          ? undefined
          : text;
  }
}

/** Words that the core schema reads as something else than a string. */
export function isNoString(text: string): boolean {
  return /^(?:null|true|false)$/i.test(text);
}
