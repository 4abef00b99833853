import type { AllowEntry } from '../../model/allow-list.ts';
import type { Loss } from './enforcer.ts';

/** Gathers what becomes of the rules of each entry, of which one may be said and another not. */
export interface LossLedger {
  /** Of one rule: whether something of it is said, and why not all of it. */
  note(entry: AllowEntry, isSaid: boolean, reason: string | undefined): void;
  /** One loss for each entry that lost something, with the first reason. */
  losses(): readonly Loss[];
}

export function lossLedger(): LossLedger {
  const outcomes = new Map<AllowEntry, { readonly isSaid: boolean; readonly reason: string | undefined }>();
  return {
    note: (entry, isSaid, reason) => {
      const before = outcomes.get(entry);
      outcomes.set(entry, {
        isSaid: before?.isSaid === true || isSaid,
        reason: before?.reason ?? reason,
      });
    },
    losses: () =>
      [...outcomes].flatMap(([entry, { isSaid, reason }]) =>
        reason === undefined ? [] : [{ entry, kind: isSaid ? 'narrowed' : 'omitted', reason }],
      ),
  };
}

/** The first loss of each entry. */
export function firstLossOfEach(losses: readonly Loss[]): readonly Loss[] {
  const seen = new Set<AllowEntry>();
  return losses.filter(({ entry }) => !seen.has(entry) && seen.add(entry));
}
