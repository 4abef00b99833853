/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;
export type JsonArray = readonly JsonValue[];
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Code-point order: the only order that may end in a digest. For text in UTF-8 it is the order of its bytes. */
export function compareCodePoints(left: string, right: string): number {
  const shared = Math.min(left.length, right.length);
  let index = 0;
  while (index < shared && left.charCodeAt(index) === right.charCodeAt(index)) {
    index++;
  }
  if (index === shared) {
    return Math.sign(left.length - right.length);
  }
  // The difference may be the second half of a surrogate pair: then the pair is what differs.
  const before = index > 0 ? (left.codePointAt(index - 1) ?? 0) - (right.codePointAt(index - 1) ?? 0) : 0;
  return Math.sign(before || (left.codePointAt(index) ?? 0) - (right.codePointAt(index) ?? 0));
}
