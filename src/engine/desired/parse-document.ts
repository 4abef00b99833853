import type { Node, ParsedNode, Range } from 'yaml';
import type { Place } from '../../model/diagnostic.ts';
import type { JsonObject } from '../../model/json.ts';
import { pointerKeys } from '../../model/json-pointer.ts';
import { type Result, success } from '../../model/result.ts';
import type { PlainRange } from './inline-yaml.ts';
import { valueOfNodes } from './node-value.ts';
import { plainRanges, readPlainYaml } from './plain-yaml.ts';
import { decodeSource, type SourceText } from './source-text.ts';
import { yamlLibrary } from './yaml-library.ts';
import { parseNodes } from './yaml-nodes.ts';

/** A file of the desired state as bytes. */
export interface DocumentFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** One YAML document, not yet known to be a resource. */
export interface ParsedDocument {
  readonly file: string;
  /** The whole document; its maps have no prototype. */
  readonly value: JsonObject;
  /**
   * Where the value of a pointer (RFC 6901) stands, or its key. The place of the nearest map or list above it where
   * there is no such value.
   */
  placeOf(pointer: string, part?: 'key' | 'value'): Place;
  /** How a scalar is written in the file, quotes included. */
  writtenAs(pointer: string): string | undefined;
}

/** Reads one file as YAML; gives SK1001 to SK1018. */
export function parseDocument(file: DocumentFile): Result<ParsedDocument> {
  const source = decodeSource(file.path, file.bytes);
  if (!source.ok) {
    return source;
  }
  const plain = readPlainYaml(source.value.text);
  if (plain !== undefined) {
    return success(plainDocument(source.value, plain));
  }
  const nodes = parseNodes(source.value);
  if (!nodes.ok) {
    return nodes;
  }
  const value = valueOfNodes(nodes.value, source.value);
  return value.ok ? success(parsedDocument(source.value, value.value)) : value;
}

/** Places come from the short way of reading too, but for those of values that fill lines of their own. */
function plainDocument(source: SourceText, value: JsonObject): ParsedDocument {
  let ranges: ReadonlyMap<string, PlainRange> | undefined;
  const whole = parsedDocument(source, value);
  return {
    ...whole,
    placeOf(pointer, part = 'value') {
      ranges ??= plainRanges(source.text);
      const range = ranges.get(pointer);
      const found = part === 'key' || !range?.isBlock ? (range?.[part] ?? range?.key) : undefined;
      return found === undefined || (part === 'key' && range?.key === undefined)
        ? whole.placeOf(pointer, part)
        : source.placeAt(...found);
    },
  };
}

/** Nodes take ten times the memory of the text; they are made again when somebody asks for a place. */
function parsedDocument(source: SourceText, value: JsonObject): ParsedDocument {
  let root: ParsedNode | undefined;
  return { file: source.file, value, placeOf, writtenAs };

  function nodes(): ParsedNode | undefined {
    if (root === undefined) {
      const again = parseNodes(source);
      root = again.ok ? again.value : undefined;
    }
    return root;
  }

  function placeOf(pointer: string, part: 'key' | 'value' = 'value'): Place {
    const found = findNode(nodes(), pointerKeys(pointer));
    const value = found.value?.range ?? undefined;
    const key = found.key?.range ?? undefined;
    const range =
      key !== undefined && (part === 'key' || value === undefined || isBlank(value)) ? key : value;
    return source.placeAt(range?.[0] ?? 0, range?.[1] ?? 0);
  }

  function isBlank([start, end]: Range): boolean {
    return source.text.slice(start, end).trim() === '';
  }

  function writtenAs(pointer: string): string | undefined {
    const { value } = findNode(nodes(), pointerKeys(pointer));
    return yamlLibrary().isScalar(value) && value.range
      ? source.text.slice(value.range[0], value.range[1])
      : undefined;
  }
}

interface FoundNode {
  readonly key?: Node;
  readonly value?: Node;
}

function findNode(root: ParsedNode | undefined, steps: readonly string[]): FoundNode {
  let found: FoundNode = root === undefined ? {} : { value: root };
  for (const step of steps) {
    const next = childOf(found.value, step);
    if (next === undefined) {
      return found;
    }
    found = next;
  }
  return found;
}

function childOf(container: Node | undefined, step: string): FoundNode | undefined {
  const { isMap, isScalar, isSeq } = yamlLibrary();
  if (isMap(container)) {
    const pair = container.items.find(({ key }) => isScalar(key) && key.value === step);
    return pair === undefined ? undefined : { ...asKey(pair.key), ...asValue(pair.value) };
  }
  const item = isSeq(container) ? container.items[Number(step)] : undefined;
  return item === undefined ? undefined : asValue(item);
}

function asKey(node: unknown): FoundNode {
  return yamlLibrary().isNode(node) ? { key: node } : {};
}

function asValue(node: unknown): FoundNode {
  return yamlLibrary().isNode(node) ? { value: node } : {};
}
