import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from '../../model/json.ts';
import { pointerStep } from '../../model/json-pointer.ts';
import type { ResourceDocument } from '../../model/resource.ts';
import { fieldText } from './field-text.ts';

/** `packages+` appends to the list `packages`, `packages-` removes from it. */
export interface ListOperator {
  readonly field: string;
  readonly does: 'append' | 'remove';
  readonly items: JsonArray;
}

/** What a key and its value say; nothing for a plain field. Only lists have operators. */
export function listOperator(key: string, value: JsonValue): ListOperator | undefined {
  const sign = key.at(-1);
  if (!Array.isArray(value) || key.length < 2 || (sign !== '+' && sign !== '-')) {
    return undefined;
  }
  return { field: key.slice(0, -1), does: sign === '+' ? 'append' : 'remove', items: value };
}

/** A list that is replaced cannot also be appended to or removed from in the same map: SK1115. */
export function checkListOperators(document: ResourceDocument): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  checkMap(document.spec, '/spec');
  return findings;

  function checkMap(map: JsonObject, pointer: string): void {
    for (const [key, value] of Object.entries(map)) {
      const operator = listOperator(key, value);
      if (operator !== undefined && operator.field in map) {
        findings.push(bothForms(pointer, key, operator.field));
      } else if (isJsonObject(value)) {
        checkMap(value, pointer + pointerStep(key));
      }
    }
  }

  function bothForms(pointer: string, key: string, field: string): Diagnostic {
    const plain = pointer + pointerStep(field);
    return {
      code: 'SK1115',
      severity: 'error',
      message: `${fieldText(pointer)} has both ${field} and ${key}`,
      hint: `write ${field} to replace the list that profiles give, or ${key} to change it`,
      place: document.placeOf(pointer + pointerStep(key), 'key'),
      related: [{ message: `${field} stands here`, place: document.placeOf(plain, 'key') }],
    };
  }
}
