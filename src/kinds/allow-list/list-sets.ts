import type { EffectiveSet } from '../../allow-list/effective-set.ts';
import { secondOf } from '../../allow-list/entries-in-force.ts';

/** Sets that this process has made, so that recording does not read again what planning has read. */
export interface ListSets {
  /** The set of inputs, by their `inputsKey`, at a moment (ISO 8601 UTC); one made earlier stays until an entry expires. */
  known(inputs: string, at: string): EffectiveSet | undefined;
  keep(inputs: string, at: string, set: EffectiveSet): void;
}

export function createListSets(): ListSets {
  const kept = new Map<string, { readonly at: string; readonly set: EffectiveSet }>();
  return {
    known(inputs, at) {
      const { at: from = '', set } = kept.get(inputs) ?? {};
      return set !== undefined && from <= at && (set.firstExpiry === null || set.firstExpiry > secondOf(at))
        ? set
        : undefined;
    },
    keep: (inputs, at, set) => {
      kept.set(inputs, { at, set });
    },
  };
}
