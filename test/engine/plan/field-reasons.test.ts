import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldReasons } from '../../../src/engine/plan/field-reasons.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import type { ResolvedResource } from '../../../src/model/resource.ts';

function resource(spec: JsonObject, origins: ResolvedResource['origins'] = new Map()): ResolvedResource {
  return { identity: { kind: 'K', name: 'x' }, file: 'x.yaml', spec, digest: digestOfBytes('x'), origins };
}

function textsOf(before: JsonObject, after: JsonObject): readonly string[] {
  return fieldReasons(before, {}, resource(after)).map(({ text }) => text);
}

describe('a reason', () => {
  it.each<[JsonObject, JsonObject, readonly string[]]>([
    [{ version: '1' }, { version: '2' }, ['version 1 → 2']],
    [{ disk: { size: '1GiB' } }, { disk: { size: '2GiB' } }, ['disk.size 1GiB → 2GiB']],
    [{}, { variant: 'apt' }, ['variant: + apt']],
    [{ variant: 'apt' }, {}, ['variant: - apt']],
    [{ packages: ['a', 'b'] }, { packages: ['b', 'c'] }, ['packages: - a + c']],
    [{ packages: ['a', 'b'] }, { packages: ['b', 'a'] }, ['packages: other order']],
    [{ files: [{ path: '/a', mode: '1' }] }, { files: [{ path: '/a', mode: '2' }] }, ['files: ~ /a']],
    [{ b: 1, a: 1 }, { a: 2, b: 2 }, ['a 1 → 2', 'b 1 → 2']],
  ])('%j → %j', (before, after, texts) => expect(textsOf(before, after)).toEqual(texts));

  it('does not list more than eight items, nor long values', () => {
    const many = Array.from({ length: 20 }, (_, index) => `p${index}`);
    expect(textsOf({ packages: [] }, { packages: many })[0]).toMatch(/^packages: .* \+ p7 and 12 more$/);
    expect(textsOf({ a: 'x' }, { a: 'y'.repeat(500) })[0]?.length).toBeLessThan(80);
  });

  it('of a value that a profile gave before and nobody gives now names the profile', () => {
    const recorded = { '/limits/cpus': { from: 'BuildProfile/fast', line: 4 } };
    expect(
      fieldReasons({ limits: { cpus: 2 } }, recorded, resource({ limits: {} })).map(({ text }) => text),
    ).toEqual(['profile fast: limits.cpus: - 2']);
  });

  it('of a default names it so', () => {
    const origin = { identity: { kind: 'built-in', name: 'K' }, place: { file: 'built-in defaults' } };
    const [reason] = fieldReasons(
      { variant: 'apt' },
      {},
      resource({ variant: 'minbase' }, new Map([['/variant', origin]])),
    );
    expect(reason?.text).toBe('default: variant apt → minbase');
  });
});

describe('for any two specs', () => {
  const json = fc.dictionary(
    fc.constantFrom('a', 'b', 'c/d', 'e~f'),
    fc.oneof(
      fc.constantFrom<string | number | null>('x', 'y', 1, null),
      fc.array(fc.constantFrom('p', 'q', 'r'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('x', 'y')),
    ),
  );

  it('there are reasons exactly where they differ', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const isEqual = JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
        expect(textsOf(before, after).length === 0).toBe(isEqual);
      }),
    );
  });

  it('each field is named once', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const fields = fieldReasons(before, {}, resource(after)).map(({ field }) => field);
        expect(new Set(fields).size).toBe(fields.length);
      }),
    );
  });
});

function sorted(value: unknown): unknown {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([key, item]) => [key, sorted(item)])
    : value;
}
