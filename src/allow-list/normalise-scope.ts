import type { EntryScope } from '../model/allow-list.ts';
import { isDigest } from '../model/digest.ts';
import { compareCodePoints, isJsonObject, type JsonValue } from '../model/json.ts';
import { notAMap, refuseUnknownFields } from './entry-fields.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { shownText } from './shown-text.ts';

/** Most items of one field. */
const scopeLimit = 256;
const scopeFields = ['runProfiles', 'pools', 'samples'] as const;

/** The scope of an entry, its names sorted and without repetition. What is wrong goes to `problems`: SK1413, SK1415, SK1416. */
export function normaliseScope(raw: JsonValue | undefined, problems: EntryProblem[]): EntryScope | undefined {
  if (raw === undefined) {
    return undefined;
  }
  if (!isJsonObject(raw)) {
    problems.push(notAMap('/scope', 'scope'));
    return undefined;
  }
  refuseUnknownFields(raw, scopeFields, '/scope', problems);
  const scope: { -readonly [Field in keyof EntryScope]: readonly string[] } = {};
  for (const field of scopeFields) {
    const names = raw[field];
    if (names !== undefined) {
      scope[field] = scopeNames(names, field, problems);
    }
  }
  if (Object.keys(scope).length === 0) {
    problems.push(
      entryError('/scope', {
        code: 'SK1413',
        message: 'scope is empty',
        hint: `remove it if the entry holds everywhere, or name ${scopeFields.join(', ')}`,
      }),
    );
  }
  return scope;
}

function scopeNames(
  raw: JsonValue,
  field: (typeof scopeFields)[number],
  problems: EntryProblem[],
): readonly string[] {
  if (!Array.isArray(raw) || raw.length === 0 || raw.length > scopeLimit) {
    problems.push(
      entryError(`/scope/${field}`, {
        code: 'SK1413',
        message: `scope.${field} is ${Array.isArray(raw) ? (raw.length === 0 ? 'an empty list' : `a list of ${raw.length} items`) : 'not a list'}`,
        hint: `write a list of 1 to ${scopeLimit} items, or remove it if the entry holds for all of them`,
      }),
    );
    return [];
  }
  const names = new Set<string>();
  for (const [index, name] of raw.entries()) {
    if (typeof name === 'string' && (field === 'samples' ? isDigest(name) : isName(name))) {
      names.add(name);
    } else {
      problems.push(
        entryError(`/scope/${field}/${index}`, {
          code: 'SK1413',
          message: `${typeof name === 'string' ? shownText(name) : 'an item that is not text'} cannot stand in scope.${field}`,
          hint:
            field === 'samples'
              ? 'write sha256: and 64 lower-case hexadecimal digits'
              : 'write a name of lower-case letters, digits and dashes',
        }),
      );
    }
  }
  return [...names].sort(compareCodePoints);
}

function isName(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text);
}
