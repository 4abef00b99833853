import { expect, test } from 'vitest';
import { parseDuration, parseSize } from '../../src/model/quantity.ts';

test('sizes are bytes', () => {
  expect(['1KiB', '512MiB', '8GiB', '2TiB'].map(parseSize)).toEqual([
    1024, 536870912, 8589934592, 2199023255552,
  ]);
});

test('time spans are milliseconds', () => {
  expect(['90s', '20m', '2h', '7d'].map(parseDuration)).toEqual([90_000, 1_200_000, 7_200_000, 604_800_000]);
});

test('anything else is a bug of the caller', () => {
  for (const text of ['', '0GiB', '1GB', '1.5GiB', ' 1GiB', '1GiB\n', '20']) {
    expect(() => parseSize(text)).toThrow(TypeError);
    expect(() => parseDuration(text)).toThrow(TypeError);
  }
});
