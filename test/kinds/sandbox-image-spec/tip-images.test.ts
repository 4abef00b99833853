import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextVersion } from '../../../src/kinds/sandbox-image-spec/tip-images.ts';

it.each([
  [[], '1.0.0', '1.0.0+1'],
  [['1.0.0+1', '1.0.0+2'], '1.0.0', '1.0.0+3'],
  [['1.0.0+9', '1.0.0+10'], '1.0.0', '1.0.0+11'],
  [['1.0.0+4', '1.1.0+7'], '1.2.0', '1.2.0+1'],
  [['1.0+4', '1.0.0+2'], '1.0', '1.0+5'],
])('after %j the next of %s is %s', (versions, specVersion, next) => {
  expect(nextVersion({ versions }, specVersion)).toBe(next);
});

it('no version is ever given twice', () => {
  const specVersion = fc.constantFrom('1', '1.0', '1.0.0', '2-rc.1');
  fc.assert(
    fc.property(fc.array(specVersion, { maxLength: 30 }), (wanted) => {
      const versions: string[] = [];
      for (const version of wanted) {
        versions.push(nextVersion({ versions }, version));
      }
      expect(new Set(versions).size).toBe(wanted.length);
    }),
  );
});
