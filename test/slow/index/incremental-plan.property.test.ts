import fc from 'fast-check';
import { describe, it } from 'vitest';
import { expectEqualPlans, steps } from '../../rig/plan-edits.ts';

describe('a plan made from what changed', () => {
  it('is the plan made from nothing, after many more edits', async () => {
    await fc.assert(fc.asyncProperty(steps, expectEqualPlans), { numRuns: 80 });
  });
});
