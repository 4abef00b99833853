import type { JsonObject } from '../model/json.ts';
import { pointerStep } from '../model/json-pointer.ts';
import { suggest } from '../model/suggest.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { shownText } from './shown-text.ts';

/** Unknown fields of one map that are told. */
const findingLimit = 10;

/** Fields of a map that are none of those it can have: SK1416. */
export function refuseUnknownFields(
  map: JsonObject,
  known: readonly string[],
  pointer: string,
  problems: EntryProblem[],
): void {
  let found = 0;
  for (const key in map) {
    if (!known.includes(key) && ++found <= findingLimit) {
      const meant = suggest(key, known);
      problems.push({
        ...entryError(pointer + pointerStep(key), {
          code: 'SK1416',
          message: `unknown field ${shownText(key)}${pointer === '' ? '' : ` in ${pointer.slice(1)}`}`,
          hint: meant === undefined ? `the fields are ${known.join(', ')}` : `did you mean ${meant}?`,
        }),
        part: 'key',
      });
    }
  }
}

/** SK1415 for what should be a map. */
export function notAMap(pointer: string, what: string): EntryProblem {
  return entryError(pointer, {
    code: 'SK1415',
    message: `${what} is not a map of fields`,
    hint: pointer === '' ? 'write an object with match and reason' : 'write it as a map',
  });
}
