import { compareCodePoints, isJsonObject, type JsonValue } from '../../model/json.ts';
import { pointerKeys } from '../../model/json-pointer.ts';
import { identityText, type ResolvedResource } from '../../model/resource.ts';

/** One value of a resolved spec and where it comes from. */
export interface ExplainedValue {
  /** Relative to `spec`: `/limits/stopAfter`. */
  readonly pointer: string;
  /** A scalar, or an empty list or map. */
  readonly value: JsonValue;
  /** `BuildProfile/debian-vm`; `built-in/SandboxImageSpec` for a default of the kind. */
  readonly from: string;
  readonly file: string;
  /** Absent for a default of the kind. */
  readonly line?: number;
  readonly column?: number;
}

/** Every value of a resource with the document, line and column that it comes from, in pointer order. */
export function explainResource(resource: ResolvedResource): readonly ExplainedValue[] {
  return [...resource.origins]
    .map(([pointer, { identity, place }]) => ({
      pointer,
      value: valueAt(resource.spec, pointer),
      from: identityText(identity),
      file: place.file,
      ...(place.start === undefined ? {} : { line: place.start.line, column: place.start.column }),
    }))
    .sort((left, right) => comparePointers(left.pointer, right.pointer));
}

function valueAt(spec: JsonValue, pointer: string): JsonValue {
  let current: JsonValue | undefined = spec;
  for (const key of pointerKeys(pointer)) {
    current = Array.isArray(current)
      ? current[Number(key)]
      : isJsonObject(current)
        ? current[key]
        : undefined;
  }
  return current ?? null;
}

/** Step by step: indexes as numbers, keys by code point. */
function comparePointers(left: string, right: string): number {
  const leftKeys = pointerKeys(left);
  const rightKeys = pointerKeys(right);
  for (let step = 0; step < Math.min(leftKeys.length, rightKeys.length); step += 1) {
    const [a = '', b = ''] = [leftKeys[step], rightKeys[step]];
    const order = /^\d+$/.test(a) && /^\d+$/.test(b) ? Number(a) - Number(b) : compareCodePoints(a, b);
    if (order !== 0) {
      return order;
    }
  }
  return leftKeys.length - rightKeys.length;
}
