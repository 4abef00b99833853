import type { JsonValue } from '../../model/json.ts';
import { pointerKeys } from '../../model/json-pointer.ts';

/** A pointer as people say it: `/spec/files/0/mode` is `spec.files[0].mode`. */
export function fieldText(pointer: string): string {
  const keys = pointerKeys(pointer);
  const text = keys.map((key) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`)).join('');
  return text === '' ? 'the document' : text.replace(/^\./, '');
}

/** A value on one line, shortened. */
export function valueText(value: JsonValue | undefined): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
