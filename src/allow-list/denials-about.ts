import type { AllowEntry, Match } from '../model/allow-list.ts';
import { type AddressFamily, type AddressRange, rangeOf } from './address.ts';
import { type AddressSet, firstNotBefore, unionOf } from './address-set.ts';
import { groupOf } from './always-deny.ts';
import { coversNames, isNameMatch, nameAndAbove, sharesNames } from './names.ts';

/** What is always denied of a match. */
export interface DenialsAbout {
  readonly wholly: boolean;
  /** Groups that deny of it, in the order of the denials. */
  readonly groups: readonly string[];
}

export interface DenialLookup {
  aboutName(match: Match): DenialsAbout | undefined;
  aboutRange(range: AddressRange): DenialsAbout | undefined;
}

/** Looks up which of the denials, as `alwaysDenied` gives them, speak of names or addresses; nothing where none does. */
export function denialsAbout(alwaysDenied: readonly AllowEntry[]): DenialLookup {
  const names = alwaysDenied.filter(({ match }) => isNameMatch(match));
  const ranges = alwaysDenied
    .filter(({ match }) => !isNameMatch(match))
    .map((entry) => ({ entry, range: rangeOf(entry.match.value) }));
  const reach: Readonly<Record<AddressFamily, AddressSet>> = { 4: reachOf(4), 6: reachOf(6) };
  /** Every name of a denial and every name above one: others cannot share a name with any. */
  const bases = new Set(names.map(({ match }) => match.value));
  const above = new Set([...bases].flatMap((name) => nameAndAbove(name).slice(1)));
  return { aboutName, aboutRange };

  function reachOf(family: AddressFamily): AddressSet {
    return unionOf(ranges.map(({ range }) => range).filter((range) => range.family === family));
  }

  function aboutName(match: Match): DenialsAbout | undefined {
    const near = above.has(match.value) || nameAndAbove(match.value).some((name) => bases.has(name));
    const sharing = near ? names.filter((denial) => sharesNames(denial.match, match)) : [];
    return sharing.length === 0
      ? undefined
      : { wholly: sharing.some((denial) => coversNames(denial.match, match)), groups: groupsOf(sharing) };
  }

  function aboutRange(range: AddressRange): DenialsAbout | undefined {
    const first = firstNotBefore(reach[range.family], range.first);
    if (first === undefined || first.first > range.last) {
      return undefined;
    }
    const sharing = ranges.filter(
      (denial) =>
        denial.range.family === range.family &&
        denial.range.first <= range.last &&
        denial.range.last >= range.first,
    );
    return {
      wholly: first.first <= range.first && range.last <= first.last,
      groups: groupsOf(sharing.map(({ entry }) => entry)),
    };
  }
}

function groupsOf(denials: readonly AllowEntry[]): readonly string[] {
  return [...new Set(denials.map((denial) => groupOf(denial) ?? denial.list))];
}
