import type { JsonArray, JsonObject, JsonValue } from '../../model/json.ts';
import { pointerStep } from '../../model/json-pointer.ts';
import { inlineValue, isNoString, type PlainRange } from './inline-yaml.ts';

/**
 * The value of a YAML document that is written as most are: block maps and lists, flow maps and lists on one line, plain
 * and quoted scalars on one line, comments. It takes a fraction of the time of the whole grammar. Nothing where a text
 * has anything else in it, errors included: then the whole grammar is asked. What is given here is what that gives.
 */
export function readPlainYaml(text: string): JsonObject | undefined {
  return readable.test(text) ? readBlocks(text, undefined) : undefined;
}

/** Where the values of such a document stand, by pointer (RFC 6901). */
export function plainRanges(text: string): ReadonlyMap<string, PlainRange> {
  const ranges = new Map<string, PlainRange>();
  readBlocks(text, ranges);
  return ranges;
}

function readBlocks(text: string, ranges: Map<string, PlainRange> | undefined): JsonObject | undefined {
  const { indents, texts, starts } = significantLines(text);
  let at = 0;
  const value = indents[0] === 0 ? mapAt(0, 1, '') : undefined;
  return at === texts.length ? value : undefined;

  function mapAt(indent: number, depth: number, pointer: string): JsonObject | undefined {
    const map: Record<string, JsonValue> = Object.create(null);
    if (depth > deepest) {
      return undefined;
    }
    while (indents[at] === indent) {
      const line = texts[at] ?? '';
      const [start = '', key = ''] = blockEntry.exec(line) ?? [];
      if (start === '' || key in map || isNoString(key)) {
        return undefined;
      }
      const offset = starts[at] ?? 0;
      const below = ranges === undefined ? '' : pointer + pointerStep(key);
      const isOpen = start.length === line.length || line.charAt(start.length) === '#';
      at += 1;
      const field = isOpen
        ? nestedIn(indent, depth + 1, below)
        : inlineValue(line.slice(start.length), offset + start.length, below, ranges);
      // A deeper line would go on with the value of this one.
      if (field === undefined || (indents[at] ?? 0) > indent) {
        return undefined;
      }
      map[key] = field;
      ranges?.set(below, {
        key: [offset, offset + key.length],
        value: ranges.get(below)?.value,
        isBlock: isOpen && field !== null,
      });
    }
    return map;
  }

  /** What stands below a key without a value in its line. */
  function nestedIn(indent: number, depth: number, pointer: string): JsonValue | undefined {
    const next = indents[at] ?? -1;
    const isList = texts[at]?.startsWith('- ') ?? false;
    if (next < indent || (next === indent && !isList)) {
      return null;
    }
    return isList ? listAt(next, depth, pointer) : mapAt(next, depth, pointer);
  }

  function listAt(indent: number, depth: number, pointer: string): JsonArray | undefined {
    const list: JsonValue[] = [];
    while (indents[at] === indent && texts[at]?.startsWith('- ')) {
      const rest = texts[at]?.slice(2) ?? '';
      const offset = (starts[at] ?? 0) + 2;
      const below = ranges === undefined ? '' : pointer + pointerStep(list.length);
      const isMap = blockEntry.test(rest);
      let item: JsonValue | undefined;
      if (isMap) {
        indents[at] = indent + 2;
        texts[at] = rest;
        starts[at] = offset;
        item = mapAt(indent + 2, depth + 1, below);
        ranges?.set(below, { key: undefined, value: undefined, isBlock: true });
      } else {
        at += 1;
        item = inlineValue(rest, offset, below, ranges);
      }
      if (item === undefined || (indents[at] ?? 0) > indent) {
        return undefined;
      }
      list.push(item);
    }
    return list;
  }
}

/** Far less than what the whole grammar takes. */
const deepest = 12;

/** Letters, signs and line ends of which none has a meaning of its own that is not handled here. */
const readable = /^[\n -~\u00a1-\u052f\u2010-\u2027]*$/;

const blockEntry = /^([A-Za-z_/][A-Za-z0-9_.+/-]*):(?: +|$)/;

/** Indentation, text and offset of the lines that hold more than a comment. */
function significantLines(text: string): {
  readonly indents: number[];
  readonly texts: string[];
  readonly starts: number[];
} {
  const indents: number[] = [];
  const texts: string[] = [];
  const starts: number[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const content = line.trim();
    if (content !== '' && !content.startsWith('#')) {
      const indent = line.indexOf(content);
      indents.push(indent);
      texts.push(content);
      starts.push(start + indent);
    }
    start += line.length + 1;
  }
  return { indents, texts, starts };
}
