import { entryKey } from '../../../allow-list/entry-key.ts';
import { matchesName, nameAndAbove } from '../../../allow-list/names.ts';
import type { AllowEntry } from '../../../model/allow-list.ts';
import { digestOfBytes } from '../../../model/digest.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { NameDecision } from '../name-decisions.ts';
import { setsOf } from './cell-sets.ts';

/** A name that passes, and why. */
export interface PassingName {
  readonly name: string;
  /** Whether the names below pass by the same entry, but for those that something else is said of. */
  readonly isUnder: boolean;
  /** The key of an entry that lets it pass; of a key of more than 500 characters, its digest. */
  readonly entry: string;
}

/**
 * Which entry lets the names of decisions pass, those alone first, both sorted by name. Of several it is one about the
 * nearest name, and of these the one that says the most of it. The entries are those that the decisions were made of.
 */
export function passingNames(
  decisions: readonly NameDecision[],
  entries: readonly AllowEntry[],
): readonly PassingName[] {
  const byName = Map.groupBy(
    entries.filter(({ effect }) => effect === 'allow'),
    ({ match }) => match.value,
  );
  const under = new Map(
    setsOf(decisions).passUnder.flatMap((name) => {
      const entry = firstOf(byName.get(name)?.filter(({ match }) => match.kind !== 'host') ?? []);
      return entry === undefined ? [] : [[name, entry]];
    }),
  );
  const alone = decisions.flatMap(({ name, at }) => {
    const reaching = under.get(name);
    const entry =
      at && (reaching === undefined || !matchesName(reaching.match, name))
        ? nearestOf(byName, name)
        : undefined;
    return entry === undefined ? [] : [{ name, isUnder: false, entry: boundedKey(entry) }];
  });
  return [
    ...alone,
    ...[...under].map(([name, entry]) => ({ name, isUnder: true, entry: boundedKey(entry) })),
  ];
}

/** Whether the names that pass are those of decisions. */
export function isOfDecisions(passing: readonly PassingName[], decisions: readonly NameDecision[]): boolean {
  const { pass, passUnder } = setsOf(decisions);
  const under = passing.filter(({ isUnder }) => isUnder).map(({ name }) => name);
  const alone = passing.filter(({ isUnder }) => !isUnder).map(({ name }) => name);
  const passingAt = new Set(decisions.flatMap(({ name, at }) => (at ? [name] : [])));
  const said = new Set(alone);
  return (
    under.length === passUnder.length &&
    under.every((name, index) => name === passUnder[index]) &&
    said.size === alone.length &&
    alone.every((name) => passingAt.has(name)) &&
    pass.every((name) => said.has(name))
  );
}

function nearestOf(byName: ReadonlyMap<string, readonly AllowEntry[]>, name: string): AllowEntry | undefined {
  return nameAndAbove(name)
    .map((upper) => firstOf(byName.get(upper)?.filter(({ match }) => matchesName(match, name)) ?? []))
    .find((entry) => entry !== undefined);
}

/** `apexAndSubdomains` says the most of a name, and stands before `host` and `subdomains` by code point too. */
function firstOf(entries: readonly AllowEntry[]): AllowEntry | undefined {
  return entries.length < 2
    ? entries[0]
    : entries.toSorted((left, right) => compareCodePoints(sortKey(left), sortKey(right)))[0];
}

function sortKey(entry: AllowEntry): string {
  return `${entry.match.kind} ${entryKey(entry)}`;
}

function boundedKey(entry: AllowEntry): string {
  const key = entryKey(entry);
  return key.length <= 500 ? key : digestOfBytes(Buffer.from(key));
}
