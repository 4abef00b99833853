import fc from 'fast-check';
import type { Action } from '../../src/model/action.ts';
import { testAction } from './execution.ts';

/** Actions of a few resources, each needing some of those before it, with expected durations. */
export function randomActions(most = 40): fc.Arbitrary<readonly Action[]> {
  const node = fc.record({
    resource: fc.integer({ min: 0, max: 6 }),
    needs: fc.array(fc.nat(), { maxLength: 4 }),
    expectedMs: fc.integer({ min: 0, max: 5000 }),
  });
  return fc.array(node, { minLength: 1, maxLength: most }).map((nodes) => {
    const names = nodes.map(({ resource }, index) => `image-${resource}/part-${index}`);
    return nodes.map(({ needs, expectedMs }, index) =>
      testAction(names[index] ?? '', index === 0 ? [] : needs.map((need) => names[need % index] ?? ''), {
        expectedMs,
      }),
    );
  });
}

/** Eight actions for each of so many images, each image built from the one before it in tens. */
export function imageActions(images: number): readonly Action[] {
  return Array.from({ length: images }, (_, index) => {
    const image = `image-${index}`;
    const add = (part: string, needs: readonly string[], expectedMs: number) =>
      testAction(
        `${image}/${part}`,
        needs.map((need) => (need.includes('/') ? need : `${image}/${need}`)),
        { expectedMs },
      );
    const parent = index % 10 === 0 ? [] : [`image-${index - 1}/publish`];
    return [
      add('lock', parent, 6000),
      add('bootstrap', ['lock'], 20_000),
      add('customise', ['bootstrap'], 2000),
      add('pack-qcow2', ['customise'], 4000),
      add('pack-oci', ['customise'], 4000),
      add('smoke-2', ['customise', 'pack-qcow2'], 20_000),
      add('scan', ['customise', 'lock'], 1500),
      add('publish', ['customise', 'pack-qcow2', 'pack-oci', 'smoke-2', 'scan', 'lock'], 1000),
    ];
  }).flat();
}
