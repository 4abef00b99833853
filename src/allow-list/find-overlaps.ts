import type { AllowEntry } from '../model/allow-list.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { addressCoverers, networksOf } from './address-coverers.ts';
import { boundedFindings } from './bounded-findings.ts';
import { coversService } from './covers-entry.ts';
import { type DenialsAbout, denialsAbout } from './denials-about.ts';
import { asList, entriesByValue, oneOf } from './entries-by-value.ts';
import { findDuplicateEntries } from './find-duplicate-entries.ts';
import type { ListedEntry } from './listed-entry.ts';
import { nameCoverers } from './name-coverers.ts';
import { isNameMatch } from './names.ts';

/** A list with everything that its entries can get in the way of. */
export interface OverlapInput {
  readonly list: string;
  /** The document of the list. */
  readonly file: string;
  readonly own: readonly ListedEntry[];
  /** Entries of the lists that it includes, directly or not. */
  readonly included: readonly ListedEntry[];
  readonly alwaysDenied: readonly AllowEntry[];
}

/**
 * Own entries of a list that say nothing new or nothing at all. One that stands there twice is an error (SK1420), as is
 * a permission of what is always denied (SK1423). What another entry, own or included, wholly covers (SK1421) or wholly
 * denies (SK1422) is a warning: a shared list that denies something at once must not be held up by those who include
 * it. So is a permission that is always denied in part (SK1424). Candidates are compared with each other and with what
 * is always denied.
 */
export function findOverlaps({
  list,
  file,
  own,
  included,
  alwaysDenied,
}: OverlapInput): readonly Diagnostic[] {
  const findings = boundedFindings(list, file);
  const byValue = entriesByValue(own, included);
  const duplicates = findDuplicateEntries(byValue, list);
  for (const [listed, first] of duplicates) {
    findings.add('error', () => duplicate(list, listed, first));
  }
  const counts = (listed: ListedEntry) => listed.status !== 'candidate' && !duplicates.has(listed);
  const { aboutName, aboutRange } = denialsAbout(alwaysDenied);
  const networks = networksOf(byValue, (range) => aboutRange(range) !== undefined);
  for (const coverers of [nameCoverers(byValue), addressCoverers(networks)]) {
    for (const [inner, near] of coverers) {
      if (inner.entry.list !== list || !counts(inner)) {
        continue;
      }
      const full = near.filter(
        (outer) => outer !== inner && counts(outer) && coversService(outer.entry, inner.entry),
      );
      const denial = inner.entry.effect === 'allow' && full.find(({ entry }) => entry.effect === 'deny');
      const same = full.find(({ entry }) => entry.effect === inner.entry.effect);
      if (denial) {
        findings.add('warning', () => denied(list, inner, denial));
      } else if (same !== undefined) {
        findings.add('warning', () => covered(list, inner, same));
      }
    }
  }
  for (const { range, entries } of networks) {
    addDenied(entries, aboutRange(range));
  }
  for (const present of byValue.values()) {
    if (isNameMatch(oneOf(present).entry.match)) {
      for (const listed of asList(present)) {
        addDenied([listed], aboutName(listed.entry.match));
      }
    }
  }
  return findings.all();

  function addDenied(entries: readonly ListedEntry[], verdict: DenialsAbout | undefined): void {
    for (const listed of verdict === undefined ? [] : entries) {
      const { entry } = listed;
      if (
        verdict !== undefined &&
        entry.effect === 'allow' &&
        entry.list === list &&
        !duplicates.has(listed)
      ) {
        findings.add(verdict.wholly ? 'error' : 'warning', () => alwaysDeniedEntry(list, listed, verdict));
      }
    }
  }
}

type Finding = Omit<Diagnostic, 'severity'>;

function duplicate(list: string, listed: ListedEntry, first: ListedEntry): Finding {
  return {
    code: 'SK1420',
    message: `${list}: ${textOf(listed)} stands there twice, with the same ports, protocols and scope`,
    hint: 'remove one of the two',
    place: placeOf(listed),
    related: [{ message: 'it stands here first', place: placeOf(first) }],
  };
}

function covered(list: string, inner: ListedEntry, outer: ListedEntry): Finding {
  return {
    code: 'SK1421',
    message: `${list}: ${textOf(inner)} is covered by ${textOf(outer)}${listText(outer, inner)}, so that it changes nothing`,
    hint: 'remove one of the two',
    place: placeOf(inner),
    related: [{ message: `${textOf(outer)} stands here`, place: placeOf(outer) }],
  };
}

function denied(list: string, inner: ListedEntry, outer: ListedEntry): Finding {
  return {
    code: 'SK1422',
    message: `${list}: ${textOf(inner)} allows nothing, as ${textOf(outer)}${listText(outer, inner)} is denied`,
    hint: 'remove the entry, or the denial',
    place: placeOf(inner),
    related: [{ message: `${textOf(outer)} is denied here`, place: placeOf(outer) }],
  };
}

function alwaysDeniedEntry(list: string, listed: ListedEntry, { groups, wholly }: DenialsAbout): Finding {
  const names = groups.join(', ');
  return {
    code: wholly ? 'SK1423' : 'SK1424',
    message: `${list}: ${textOf(listed)} is ${wholly ? '' : 'in part '}among what is always denied: ${names}`,
    hint: `${wholly ? 'remove the entry' : 'write it narrower'}; where lists shall decide about it, sandkiln.yaml says allowLists: {permit: [${names}]}`,
    place: placeOf(listed),
  };
}

function textOf({ entry }: ListedEntry): string {
  return `${entry.match.kind} ${entry.match.value}`;
}

function listText(outer: ListedEntry, inner: ListedEntry): string {
  return outer.entry.list === inner.entry.list ? '' : ` of ${outer.entry.list}`;
}

function placeOf({ origin, index, entry }: ListedEntry) {
  return origin.placeOf(index, `/match/${entry.match.kind}`);
}
