import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parentsFirst } from '../../../src/kinds/sandbox-image-spec/parents-first.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { ResolvedResource } from '../../../src/model/resource.ts';

function image(name: string, from?: string): ResolvedResource {
  return {
    identity: { kind: 'SandboxImageSpec', name },
    file: `${name}.yaml`,
    spec: from === undefined ? {} : { from },
    digest: digestOfBytes(name),
    origins: new Map(),
  };
}

it('every image stands once, and after its parent', () => {
  // The parent of image n is any image before it, or none; then the images are shuffled.
  const parents = fc.array(fc.option(fc.nat(), { nil: undefined }), { maxLength: 40 });
  const shuffled = parents
    .map((choices) =>
      choices.map((choice, index) =>
        image(`i${index}`, choice === undefined || index === 0 ? undefined : `i${choice % index}`),
      ),
    )
    .chain((images) => fc.shuffledSubarray(images, { minLength: images.length }));
  fc.assert(
    fc.property(shuffled, (images) => {
      const names = parentsFirst(images).map(({ identity }) => identity.name);
      expect(names.toSorted()).toEqual(images.map(({ identity }) => identity.name).toSorted());
      for (const { identity, spec } of images) {
        if (spec['from'] !== undefined) {
          expect(names.indexOf(String(spec['from']))).toBeLessThan(names.indexOf(identity.name));
        }
      }
    }),
  );
});

it('a chain of ten thousand is no problem, and a parent that is not there none either', () => {
  const chain = Array.from({ length: 10_000 }, (_, index) => image(`i${index}`, `i${index + 1}`));
  expect(parentsFirst(chain).at(-1)?.identity.name).toBe('i0');
});
