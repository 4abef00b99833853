import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { pointerKeys } from '../../model/json-pointer.ts';
import type { ResourceDocument } from '../../model/resource.ts';
import type { Reference } from '../kind.ts';

/** The reference at a pointer into the spec; none where nothing or no name stands there. */
export function namedReference(
  document: ResourceDocument,
  pointer: string,
  kind: string,
  role: Reference['role'],
): readonly Reference[] {
  let value: JsonValue | undefined = document.spec;
  for (const key of pointerKeys(pointer)) {
    value = isJsonObject(value) ? value[key] : undefined;
  }
  return typeof value === 'string' ? [{ pointer: `/spec${pointer}`, kind, name: value, role }] : [];
}
