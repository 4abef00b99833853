import { isDigest } from './digest.ts';
import { isJsonObject } from './json.ts';

/** Where a value from outside departs from its shape: an RFC 6901 pointer and what should stand there. */
export interface ShapeProblem {
  readonly pointer: string;
  readonly expected: string;
}

/** Finds the first place where a parsed value is not a `Value`; nothing where it is one. */
export interface Shape<Value> {
  problem(value: unknown, pointer: string): ShapeProblem | undefined;
  /** Never there: ties the shape to the type that it vouches for. */
  readonly vouchesFor?: Value;
}

/** A guard by shape. Fields that the shape does not name are left alone. */
export function hasShape<Value>(shape: Shape<Value>, value: unknown): value is Value {
  return shape.problem(value, '') === undefined;
}

/** Text of at most `limit` UTF-16 units. */
export function textShape(limit = 4096): Shape<string> {
  return check(
    (value) => typeof value === 'string' && value.length <= limit,
    `text of at most ${limit} characters`,
  );
}

export function patternShape(pattern: RegExp, expected: string): Shape<string> {
  return check((value) => typeof value === 'string' && value.length <= 4096 && pattern.test(value), expected);
}

export function guardShape<Value>(guard: (value: unknown) => value is Value, expected: string): Shape<Value> {
  return check(guard, expected);
}

export const digestShape = guardShape(isDigest, 'a SHA-256 digest');
export const objectShape = guardShape(isJsonObject, 'an object');
export const booleanShape: Shape<boolean> = check((value) => typeof value === 'boolean', 'true or false');

/** A whole number from 0 up that doubles hold exactly. */
export const countShape: Shape<number> = check(
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
  'a whole number',
);

/** ISO 8601 UTC, with or without milliseconds. */
export const timeShape: Shape<string> = check(
  (value) =>
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/.test(value) &&
    !Number.isNaN(Date.parse(value)),
  'a time in ISO 8601 UTC',
);

export function literalShape<const Value extends string | number | boolean | null>(
  ...values: readonly Value[]
): Shape<Value> {
  return check(
    (value) => values.some((one) => one === value),
    values.map((one) => JSON.stringify(one)).join(' or '),
  );
}

/** One of a union's texts. Every member must stand there, so that a longer union does not compile. */
export function unionShape<Value extends string>(members: Readonly<Record<Value, true>>): Shape<Value> {
  return check(
    (value) => typeof value === 'string' && Object.hasOwn(members, value),
    Object.keys(members).join(' or '),
  );
}

export function nullable<Value>(shape: Shape<Value>): Shape<Value | null> {
  return { problem: (value, pointer) => (value === null ? undefined : shape.problem(value, pointer)) };
}

/** A field that may be absent. */
export function optional<Value>(shape: Shape<Value>): Shape<Value | undefined> {
  return { problem: (value, pointer) => (value === undefined ? undefined : shape.problem(value, pointer)) };
}

export function listShape<Value>(shape: Shape<Value>, limit: number): Shape<readonly Value[]> {
  return {
    problem(value, pointer) {
      return Array.isArray(value) && value.length <= limit
        ? firstProblem(value.map((item, index): Part => [shape, item, `${pointer}/${index}`]))
        : { pointer, expected: `a list of at most ${limit}` };
    },
  };
}

export function mapShape<Value>(shape: Shape<Value>, limit: number): Shape<Readonly<Record<string, Value>>> {
  return {
    problem(value, pointer) {
      return isJsonObject(value) && Object.keys(value).length <= limit
        ? firstProblem(
            Object.entries(value).map(([key, item]): Part => [shape, item, `${pointer}/${escaped(key)}`]),
          )
        : { pointer, expected: `an object of at most ${limit} fields` };
    },
  };
}

export function recordShape<Value extends object>(
  fields: {
    readonly [Key in keyof Value]-?: Shape<Value[Key]>;
  },
): Shape<Value> {
  const shapes: readonly (readonly [string, Shape<unknown>])[] = Object.entries(fields);
  return {
    problem(value, pointer) {
      return isJsonObject(value)
        ? firstProblem(
            shapes.map(
              ([key, shape]): Part => [
                shape,
                Object.hasOwn(value, key) ? value[key] : undefined,
                `${pointer}/${key}`,
              ],
            ),
          )
        : { pointer, expected: 'an object' };
    },
  };
}

type Part = readonly [shape: Shape<unknown>, value: unknown, pointer: string];

function firstProblem(parts: readonly Part[]): ShapeProblem | undefined {
  for (const [shape, value, pointer] of parts) {
    const problem = shape.problem(value, pointer);
    if (problem !== undefined) {
      return problem;
    }
  }
  return undefined;
}

function check<Value>(holds: (value: unknown) => boolean, expected: string): Shape<Value> {
  return { problem: (value, pointer) => (holds(value) ? undefined : { pointer, expected }) };
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
