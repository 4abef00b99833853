import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/model/canonical-json.ts';
import { hasVectors, readVector } from '../rig/vectors.ts';

describe('RFC 8785 vectors', () => {
  it.skipIf(!hasVectors('rfc8785')).each(['arrays', 'french', 'structures', 'unicode', 'values', 'weird'])(
    '%s comes out as written by others',
    (name) => {
      const output = readVector(`rfc8785/output/${name}.json`);
      expect(canonicalJson(JSON.parse(readVector(`rfc8785/input/${name}.json`)))).toBe(
        output.replace(/\n$/, ''),
      );
    },
  );
});

describe('canonical JSON', () => {
  it('is what the library makes of any value, and refuses what it refuses', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', '10', '9', '\ud83d', '\udc4d', 'a\\ud800', '\u007f', '€', '😀', '\ufb33'),
    );
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        text,
        fc.double(),
        fc.boolean(),
        fc.constantFrom(
          null,
          undefined,
          10n,
          new Date(0),
          new Date(Number.NaN),
          Object(1),
          new Map([[1, 2]]),
        ),
        fc.array(tie('value')),
        fc.dictionary(text, tie('value')),
      ),
    })).value;
    fc.assert(
      fc.property(value, (each) => {
        const outcome = outcomeOf(() => canonicalJson([each]));
        expect(outcome).toEqual(outcomeOf(() => canonicalize([each]) ?? ''));
      }),
    );
  });

  it('nests as deeply as JSON can be read', () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    expect(canonicalJson(JSON.parse(deep))).toBe(deep);
  });

  it('refuses what has no JSON', () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    expect(() => canonicalJson(circle)).toThrow('Circular');
  });
});

function outcomeOf(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return `refused: ${String(error)}`;
  }
}
