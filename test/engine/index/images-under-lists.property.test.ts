import fc from 'fast-check';
import { describe, it } from 'vitest';
import { listSteps } from '../../rig/bound-image-edits.ts';
import { expectEqualPlans } from '../../rig/plan-edits.ts';

describe('a plan of images under allow-lists, made from what changed', () => {
  it('is the plan made from nothing, after any edits of lists and of what names them', async () => {
    await fc.assert(fc.asyncProperty(listSteps, expectEqualPlans), { numRuns: 5 });
  });
});
