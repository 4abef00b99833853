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
