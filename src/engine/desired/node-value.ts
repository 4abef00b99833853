import type { Node, Pair, ParsedNode } from 'yaml';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { SourceText } from './source-text.ts';
import { yamlLibrary } from './yaml-library.ts';

/** Findings in one file after which the rest is not told. */
const findingLimit = 20;

/**
 * The JSON value of a YAML tree: maps without prototype, keys that are strings and stand once, numbers that keep
 * what was written, text that UTF-8 can hold. Gives SK1011 to SK1015 and SK1018. Linear in the size of the tree.
 */
export function valueOfNodes(root: ParsedNode, source: SourceText): Result<JsonObject> {
  const { isMap, isScalar, isSeq } = yamlLibrary();
  const findings: Diagnostic[] = [];
  if (!isMap(root)) {
    return failure({
      code: 'SK1011',
      severity: 'error',
      message: `${source.file} holds no resource: it is not a map`,
      hint: 'write apiVersion, kind, metadata and spec at the top',
      place: placeOf(root),
    });
  }
  const value = mapOf(root.items);
  const [first, ...rest] = findings;
  return first === undefined ? success(value) : failure(first, ...rest);

  function report(finding: Diagnostic): void {
    if (findings.length < findingLimit) {
      findings.push(finding);
    }
  }

  function jsonOf(node: unknown): JsonValue {
    if (isMap(node)) {
      return mapOf(node.items);
    }
    if (isSeq(node)) {
      return node.items.map(jsonOf);
    }
    return isScalar(node) ? scalarOf(node, node.value) : null;
  }

  function mapOf(pairs: readonly Pair<unknown, unknown>[]): JsonObject {
    const map: Record<string, JsonValue> = Object.create(null);
    const firstKeys = new Map<string, Node>();
    for (const { key, value } of pairs) {
      const name = isScalar(key) ? key.value : undefined;
      if (!isScalar(key) || typeof name !== 'string') {
        report(notAString(key));
        continue;
      }
      const earlier = firstKeys.get(name);
      if (earlier !== undefined) {
        report(duplicate(name, key, earlier));
      } else if (name === '<<' && key.type === 'PLAIN') {
        report(mergeKey(key));
      } else {
        firstKeys.set(name, key);
        scalarOf(key, name);
        map[name] = jsonOf(value);
      }
    }
    return map;
  }

  function scalarOf(node: Node, value: unknown): JsonValue {
    if (
      typeof value === 'number' &&
      (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value)))
    ) {
      report(inexact(node));
    } else if (typeof value === 'string' && !value.isWellFormed()) {
      report(halfCharacter(node));
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return value;
    }
    return null;
  }

  function placeOf(node: unknown) {
    const range = isScalar(node) || isMap(node) || isSeq(node) ? node.range : undefined;
    return source.placeAt(range?.[0] ?? 0, range?.[1] ?? 0);
  }

  function written(node: Node): string {
    const [start = 0, end = 0] = node.range ?? [];
    const text = source.text.slice(start, end);
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  function duplicate(name: string, node: Node, earlier: Node): Diagnostic {
    return {
      code: 'SK1012',
      severity: 'error',
      message: `the key ${JSON.stringify(name)} stands twice in one map`,
      hint: 'keep one of the two',
      place: placeOf(node),
      related: [{ message: 'it stands here first', place: placeOf(earlier) }],
    };
  }

  function mergeKey(node: Node): Diagnostic {
    return {
      code: 'SK1013',
      severity: 'error',
      message: 'merge keys (<<) are not read',
      hint: 'put what is shared in a profile',
      place: placeOf(node),
    };
  }

  function notAString(node: unknown): Diagnostic {
    const text = isScalar(node) ? written(node) : '';
    return {
      code: 'SK1014',
      severity: 'error',
      message: text === '' ? 'a key must be a string' : `the key ${text} is not a string`,
      hint: text === '' ? 'write a name before the colon' : `write it in quotes: "${text}"`,
      place: placeOf(node),
    };
  }

  function inexact(node: Node): Diagnostic {
    return {
      code: 'SK1015',
      severity: 'error',
      message: `the number ${written(node)} cannot be kept exactly`,
      hint: `write it in quotes if it is meant as text: "${written(node)}"`,
      place: placeOf(node),
    };
  }

  function halfCharacter(node: Node): Diagnostic {
    return {
      code: 'SK1018',
      severity: 'error',
      message: `${written(node)} holds half of a surrogate pair, which is no character`,
      hint: 'write the character itself, or both halves of the pair',
      place: placeOf(node),
    };
  }
}
