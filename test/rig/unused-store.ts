import type { LocalStore } from '../../src/adapters/store/store.ts';

function refuse(): never {
  throw new Error('the test should not need the store');
}

/** For tests in which no blob is read, and logs are not kept. */
export const unusedStore: LocalStore = {
  put: async () => refuse(),
  putFile: async () => refuse(),
  has: async () => new Set(),
  readSmall: async () => refuse(),
  writeTo: async () => refuse(),
  check: async () => refuse(),
  adopt: async () => refuse(),
  pathOf: refuse,
};
