import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffDelayMs, spacedDelayMs } from '../../../src/engine/write-back/back-off.ts';

test('starts at 50 ms and doubles up to the longest span', () => {
  const shortest = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((failures) => backOffDelayMs(failures, 0));
  expect(shortest).toEqual([50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
});

test('every delay is between half of its span and the span', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (failures, random) => {
        const delayMs = backOffDelayMs(failures, random);
        expect(delayMs).toBeGreaterThanOrEqual(backOffDelayMs(failures, 0));
        expect(delayMs).toBeLessThanOrEqual(Math.min(2 * backOffDelayMs(failures, 0), 10_000));
      },
    ),
  );
});

test('in a crowd it is half the distance of its writers, however often the race was lost', () => {
  expect([1, 2, 8].map((failures) => backOffDelayMs(failures, 0, 2000))).toEqual([500, 500, 500]);
  expect(backOffDelayMs(1, 0.999, 2000)).toBe(1000);
  expect(backOffDelayMs(1, 0, 60)).toBe(50);
});

test('nobody to keep a distance from is nothing to wait for', () => {
  expect(spacedDelayMs(0, 0.5)).toBe(0);
});
