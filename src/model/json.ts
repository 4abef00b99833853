/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Code-point order: the only order that may end in a digest. */
export function compareCodePoints(left: string, right: string): number {
  const leftPoints = left[Symbol.iterator]();
  const rightPoints = right[Symbol.iterator]();
  for (;;) {
    const a = leftPoints.next();
    const b = rightPoints.next();
    if (a.done || b.done) {
      return a.done && b.done ? 0 : a.done ? -1 : 1;
    }
    if (a.value !== b.value) {
      return (a.value.codePointAt(0) ?? 0) < (b.value.codePointAt(0) ?? 0) ? -1 : 1;
    }
  }
}
