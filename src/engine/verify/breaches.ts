import type { Diagnostic } from '../../model/diagnostic.ts';
import type { StepReport, VerifiedState } from './verified-state.ts';
import type { HistoryStep } from './walk-history.ts';

/**
 * Findings of the walk. A breach stays open until a commit puts exactly the last sound tree back: then the chain goes
 * on from there, and what was found becomes a warning, because nobody who verifies from now on gets anything of it.
 * Without this, a stray commit would leave no way back but rewriting the history.
 */
export interface Breaches {
  /** The last state without an open breach, for the catalog and for the trust. */
  readonly sound: VerifiedState;
  readonly catalog: readonly Diagnostic[];
  readonly trust: readonly Diagnostic[];
  /** Of breaches that were mended, as warnings. */
  readonly mended: readonly Diagnostic[];
}

export function noBreaches(state: VerifiedState): Breaches {
  return { sound: state, catalog: [], trust: [], mended: [] };
}

/** Closes breaches that a commit mends, and gives the state that the commit is to be judged by. */
export function mend(
  breaches: Breaches,
  state: VerifiedState,
  step: HistoryStep,
): { readonly breaches: Breaches; readonly state: VerifiedState } {
  const { sound } = breaches;
  const catalog = breaches.catalog.length > 0 && step.catalog === sound.catalog;
  const trust = breaches.trust.length > 0 && step.trust === sound.trustTree;
  return {
    breaches: {
      sound,
      catalog: catalog ? [] : breaches.catalog,
      trust: trust ? [] : breaches.trust,
      mended: [
        ...breaches.mended,
        ...(catalog ? breaches.catalog : []).map(asMended),
        ...(trust ? breaches.trust : []).map(asMended),
      ],
    },
    state: {
      ...state,
      ...(catalog ? { catalog: sound.catalog, head: sound.head, headUnread: sound.headUnread } : {}),
      ...(trust ? { trust: sound.trust, trustUnread: sound.trustUnread, trustTree: sound.trustTree } : {}),
    },
  };
}

/** Adds what a commit's judgement found. */
export function withReport(breaches: Breaches, report: StepReport): Breaches {
  const { after } = report;
  const catalog = [...breaches.catalog, ...report.catalogFindings];
  const trust = [...breaches.trust, ...report.trustFindings];
  return {
    sound: {
      ...breaches.sound,
      ...(catalog.length === 0
        ? { catalog: after.catalog, head: after.head, headUnread: after.headUnread }
        : {}),
      ...(trust.length === 0
        ? { trust: after.trust, trustUnread: after.trustUnread, trustTree: after.trustTree }
        : {}),
    },
    catalog,
    trust,
    mended: breaches.mended,
  };
}

export function allFindings(breaches: Breaches): readonly Diagnostic[] {
  return [...breaches.mended, ...breaches.catalog, ...breaches.trust];
}

function asMended(diagnostic: Diagnostic): Diagnostic {
  return {
    ...diagnostic,
    severity: 'warning',
    message: `${diagnostic.message} (put right since)`,
    hint: 'nothing is left of it; find out who pushed it',
  };
}
