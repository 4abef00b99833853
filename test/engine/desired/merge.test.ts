import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Layer, mergeLayers, originsOf, plainMap } from '../../../src/engine/desired/merge.ts';
import { digestOfJson } from '../../../src/model/digest.ts';
import type { JsonObject, JsonValue } from '../../../src/model/json.ts';

describe('merging layers', () => {
  test('merges maps by key at every depth', () => {
    expect(merge({ a: { b: 1, c: { d: 2 } } }, { a: { c: { e: 3 } } })).toEqual({
      a: { b: 1, c: { d: 2, e: 3 } },
    });
  });

  test('replaces scalars and lists', () => {
    expect(merge({ a: 1, b: [1, 2] }, { a: 'x', b: [3] })).toEqual({ a: 'x', b: [3] });
  });

  test('appends without exact duplicates and keeps the order', () => {
    expect(
      merge({ a: ['x', 'y'] }, { 'a+': ['z', 'y', { b: 1, c: 2 }] }, { 'a+': [{ c: 2, b: 1 }, 'w'] }),
    ).toEqual({
      a: ['x', 'y', 'z', { b: 1, c: 2 }, 'w'],
    });
  });

  test('removes what an item equals, whatever the order of its keys', () => {
    expect(merge({ a: ['x', { b: 1, c: 2 }, 'y'] }, { 'a-': [{ c: 2, b: 1 }] })).toEqual({ a: ['x', 'y'] });
  });

  test('removes before it appends', () => {
    expect(merge({ a: ['x', 'y'] }, { 'a+': ['x'], 'a-': ['x'] })).toEqual({ a: ['y', 'x'] });
  });

  test('appends to a list that no layer has', () => {
    expect(merge({}, { s: { 'a+': ['x'] } })).toEqual({ s: { a: ['x'] } });
  });

  test('tells items that are removed in vain, and where that was written', () => {
    const { absent } = mergeLayers([layer({ a: ['x'] }), layer({ 'a-': ['x', 'y'] })]);
    expect(absent.map(({ value, origin }) => [value, origin.place.file])).toEqual([['y', '/a-/1']]);
  });

  test('puts a layer into its section', () => {
    const { merged } = mergeLayers([layer({ a: { b: 1 } }), { ...layer({ c: 2 }), into: ['a'] }]);
    expect(plainMap(merged)).toEqual({ a: { b: 1, c: 2 } });
  });

  test('knows the origin of every leaf, list items and empty values included', () => {
    const { merged } = mergeLayers([
      layer({ a: ['x'], b: { c: 1 }, d: {} }),
      layer({ 'a+': ['y'], b: { e: [] } }),
    ]);
    expect([...originsOf(merged)].map(([pointer, { place }]) => `${pointer} ${place.file}`)).toEqual([
      '/a/0 /a/0',
      '/a/1 /a+/0',
      '/b/c /b/c',
      '/b/e /b/e',
      '/d /d',
    ]);
  });

  test('keeps __proto__ and constructor as plain keys', () => {
    const hostile: JsonObject = JSON.parse(
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"x": 1}}}',
    );
    expect(Object.keys(merge(hostile, hostile))).toEqual(['__proto__', 'constructor']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const { map } = fc.letrec<{ value: JsonValue; map: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie('map'), fc.array(scalar, { maxLength: 4 })),
  map: fc.dictionary(
    fc.string({ unit: fc.constantFrom(...'abcd_/~'), minLength: 1, maxLength: 3 }),
    tie('value'),
    { maxKeys: 5 },
  ),
}));

/** As a schema has it: what stands under a key is always a map (`m…`), or never one (`s…`). */
const { typed } = fc.letrec<{ typed: JsonObject }>((tie) => ({
  typed: fc
    .record({
      maps: fc.dictionary(
        fc.constantFrom('m1', 'm2'),
        fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('typed')),
      ),
      others: fc.dictionary(
        fc.constantFrom('s1', 's2', 's3'),
        fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })),
      ),
    })
    .map(({ maps, others }) => ({ ...maps, ...others })),
}));

describe('laws of the merge', () => {
  test('an empty layer changes nothing, above or below', () => {
    fc.assert(
      fc.property(map, (value) => digest(value, {}) === digest(value) && digest({}, value) === digest(value)),
    );
  });

  test('a layer over itself changes nothing', () => {
    fc.assert(fc.property(map, (value) => digest(value, value) === digest(value)));
  });

  test('layers without operators may be grouped as one likes', () => {
    fc.assert(
      fc.property(typed, typed, typed, (a, b, c) => digest(merge(a, b), c) === digest(a, merge(b, c))),
    );
  });

  test('the order of keys changes no digest', () => {
    fc.assert(fc.property(map, map, (a, b) => digest(reversed(a), reversed(b)) === digest(a, b)));
  });

  test('every leaf has an origin, and nothing else has', () => {
    fc.assert(
      fc.property(map, map, (a, b) => {
        const { merged } = mergeLayers([layer(a), layer(b)]);
        expect([...originsOf(merged).keys()].toSorted()).toEqual(leaves(plainMap(merged), '').toSorted());
      }),
    );
  });

  test('what is appended and then removed is gone', () => {
    const items = fc.uniqueArray(fc.string(), { maxLength: 5 });
    fc.assert(
      fc.property(items, items, (base, more) => {
        const kept = base.filter((item) => !more.includes(item));
        expect(merge({ a: base }, { 'a+': more }, { 'a-': more })).toEqual({ a: kept });
      }),
    );
  });
});

function layer(value: JsonObject): Layer {
  return {
    value,
    into: [],
    originOf: (pointer) => ({ identity: { kind: 'Test', name: 'layer' }, place: { file: pointer } }),
  };
}

function merge(...values: readonly JsonObject[]): JsonObject {
  return plainMap(mergeLayers(values.map(layer)).merged);
}

function digest(...values: readonly JsonObject[]): string {
  return digestOfJson(merge(...values));
}

function reversed(value: JsonValue): JsonObject;
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, field]) => [key, reversed(field)] as const)
      .reverse(),
  );
}

function leaves(value: JsonValue, pointer: string): readonly string[] {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return children.length === 0
    ? [pointer]
    : children.flatMap(([key, child]) =>
        leaves(child, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
      );
}
