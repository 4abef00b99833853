import type { JsonObject } from '../model/json.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { codePointName } from './shown-text.ts';

/** Longest texts of an entry, in characters. */
export const textLimits = { reason: 500, owner: 200, source: 500 } as const;

/** Control and bidirectional characters, line ends, halves of surrogate pairs. Emoji need their joiners. */
const misleading = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

/** A text of an entry that people read. Only `reason` must be there; what is wrong goes to `problems`: SK1414, SK1415. */
export function entryText(
  raw: JsonObject,
  field: keyof typeof textLimits,
  problems: EntryProblem[],
): string | undefined {
  const text = raw[field];
  if (text === undefined) {
    if (field === 'reason') {
      problems.push(
        entryError('', {
          code: 'SK1415',
          message: 'the entry has no reason',
          hint: 'add reason: why this destination is needed',
        }),
      );
    }
    return undefined;
  }
  const wrong = typeof text === 'string' ? textProblem(text, textLimits[field]) : 'is not text';
  if (wrong === undefined) {
    return String(text);
  }
  problems.push(
    entryError(`/${field}`, {
      code: 'SK1414',
      message: `${field} ${wrong}`,
      hint: `write one line of 1 to ${textLimits[field]} characters`,
    }),
  );
  return undefined;
}

function textProblem(text: string, limit: number): string | undefined {
  if (/^[\u0020-\u007e]*$/.test(text) && text.length <= limit) {
    return text.trim() === '' ? 'is empty' : undefined;
  }
  const [character] = misleading.exec(text) ?? [];
  if (character !== undefined) {
    return `holds the character ${codePointName(character)}`;
  }
  if (text.trim() === '') {
    return 'is empty';
  }
  return [...text.slice(0, 2 * limit + 1)].length > limit ? `is longer than ${limit} characters` : undefined;
}
