import { nameAndAbove } from '../../../allow-list/names.ts';
import type { NameDecision } from '../name-decisions.ts';
import type { NameDataset } from './name-rules.ts';

/** The names of a cell by what its datasets say of them; a name of an `under` set means the name and all below it. */
export type CellSets = Readonly<Record<SetKind, readonly string[]>>;

/** Sets of single names, and `under` sets; those that pass, and those that stop what others would pass. */
export const setKinds = ['pass', 'passUnder', 'stop', 'stopUnder'] as const;
export type SetKind = (typeof setKinds)[number];

/** Sorts decisions into sets. */
export function setsOf(decisions: readonly NameDecision[]): CellSets {
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  const inherited = (name: string) => {
    const upper = nameAndAbove(name)
      .slice(1)
      .find((above) => byName.has(above));
    return byName.get(upper ?? '')?.below ?? false;
  };
  const names = (wanted: (decision: NameDecision, above: boolean) => boolean) =>
    decisions.flatMap((decision) => (wanted(decision, inherited(decision.name)) ? [decision.name] : []));
  return {
    pass: names(({ at, below }) => at && !below),
    passUnder: names(({ below }, above) => below && !above),
    stop: names(({ at, below }) => !at && below),
    stopUnder: names(({ below }, above) => !below && above),
  };
}

/** What {@link setsOf} sorted. */
export function decisionsOf({ pass, passUnder, stop, stopUnder }: CellSets): readonly NameDecision[] {
  const [passing, stopped] = [new Set(pass), new Set(stop)];
  const made = new Map<string, NameDecision>();
  for (const name of pass) {
    made.set(name, { name, at: true, below: false });
  }
  for (const name of stop) {
    made.set(name, { name, at: false, below: true });
  }
  for (const name of passUnder) {
    made.set(name, { name, at: !stopped.has(name), below: true });
  }
  for (const name of stopUnder) {
    made.set(name, { name, at: passing.has(name), below: false });
  }
  // Names are ASCII, and there UTF-16 units sort as code points do.
  return [...made.keys()].sort().flatMap((name) => made.get(name) ?? []);
}

/** The dataset of one of a cell's sets. */
export function datasetOf(list: string, cell: number, kind: SetKind, sets: CellSets): NameDataset {
  return {
    name: `${list}-${cell}-${kind}`,
    load: setFile(list, cell, kind),
    items: sets[kind].length,
    isUnder: isUnderSet(kind),
  };
}

/** The name of the file of a set. */
export function setFile(list: string, cell: number, kind: SetKind): string {
  return `${list}.${cell}.${kind}.lst`;
}

/** A line an item; those of `under` sets have a dot before them, as `dotprefix` gives the name that is looked for one. */
export function setText(kind: SetKind, names: readonly string[]): string {
  const dot = isUnderSet(kind) ? '.' : '';
  return names.map((name) => `${Buffer.from(`${dot}${name}`).toString('base64')}\n`).join('');
}

/** Reads what {@link setText} wrote. */
export function readSet(kind: SetKind, text: string): readonly string[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      Buffer.from(line, 'base64')
        .toString('latin1')
        .slice(isUnderSet(kind) ? 1 : 0),
    );
}

function isUnderSet(kind: SetKind): boolean {
  return kind === 'passUnder' || kind === 'stopUnder';
}
