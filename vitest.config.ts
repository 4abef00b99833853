import { defineConfig } from 'vitest/config';

/** Tests that run the whole program, or many processes, over and over: seconds a test where the others take none. */
const programTests = [
  'test/cli/*.test.ts',
  'test/docs/{builders,catalog-commands,event-examples,running}.test.ts',
  'test/adapters/git/{advance-branch,http-remote,killed-advance,remote}.test.ts',
  'test/adapters/packer/{memory,same-bytes}.test.ts',
  'test/engine/execute/{killed-run,leaks}.test.ts',
  'test/engine/index/*.test.ts',
  'test/engine/lease/*.test.ts',
  'test/engine/verify/{allow-lists,missing-history,tampering,verify-catalog}.test.ts',
  'test/engine/write-back/write-back.test.ts',
];

export default defineConfig({
  test: {
    // Tests wait for processes that they start more than they compute.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/slow/**', ...programTests],
          testTimeout: 60_000,
        },
      },
      {
        test: { name: 'program', include: programTests, testTimeout: 180_000, hookTimeout: 180_000 },
      },
      {
        test: {
          name: 'slow',
          include: ['test/slow/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
