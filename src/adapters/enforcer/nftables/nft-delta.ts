import type { NftElement, NftSet, NftTable } from './nft-table.ts';
import { appliedLines, declarationLines, elementText, ruleText } from './table-text.ts';

/** What leads from one table to another in one transaction, and how many elements it touches. */
export interface NftDelta {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

/** Seconds by which a time limit in the kernel may be shorter than wanted before it is written anew. */
const shorterBySeconds = 5;

/**
 * Elements to add and to remove, and the few rules written anew where they differ; learned addresses stay in sets that
 * stay, unless they are to be forgotten. An element whose time limit differs is deleted, added and named again, as kernels before 6.x do not move the
 * limit of one that is there. Nothing where the chains around the rules differ: then the whole table is replaced.
 */
export function nftDelta(
  before: NftTable,
  after: NftTable,
  learned: 'keep' | 'forget' = 'keep',
): NftDelta | undefined {
  if (before.name !== after.name || JSON.stringify(before.baseChains) !== JSON.stringify(after.baseChains)) {
    return undefined;
  }
  const olds = new Map(before.sets.map((set) => [set.name, set]));
  const kept = after.sets.filter((set) => staysAs(olds.get(set.name), set));
  const made = after.sets.filter((set) => !kept.includes(set));
  const gone = before.sets.filter(({ name }) => !kept.some((set) => set.name === name));
  const changes = kept.map((set) => ({ set, ...elementChanges(olds.get(set.name), set) }));
  const rulesDiffer = JSON.stringify(before.rules) !== JSON.stringify(after.rules);
  const marksDiffer = JSON.stringify(before.mark) !== JSON.stringify(after.mark);
  const of = `inet ${after.name}`;
  const rules = (direction: 'to' | 'from') =>
    after.rules.map((rule) => `add rule ${of} ${direction} ${ruleText(rule, direction)}`);
  const refill = rulesDiffer || gone.length > 0 || made.length > 0;
  const lines = [
    ...(refill ? [`flush chain ${of} to`, `flush chain ${of} from`] : []),
    ...kept
      .filter(({ holds }) => holds === 'learned' && learned === 'forget')
      .map(({ name }) => `flush set ${of} ${name}`),
    ...gone.map(({ name }) => `delete set ${of} ${name}`),
    ...made.map((set) => `add set ${of} ${set.name} { ${declarationLines(set).join('; ')}; }`),
    ...made.map((set) => elementsLine('add', of, set, set.elements)),
    ...changes.flatMap(({ set, removed, added }) => [
      // What ends by itself may end between looking and acting, and deleting what is not there fails.
      elementsLine('add', of, set, set.holds === 'timed hosts' ? removed : []),
      elementsLine(
        'delete',
        of,
        set,
        removed.map(({ value }) => ({ value })),
      ),
      elementsLine('add', of, set, added),
    ]),
    ...(refill ? [...rules('to'), ...rules('from')] : []),
  ].filter((line) => line !== '');
  const mark = [
    `delete set ${of} applied`,
    `add set ${of} applied { ${appliedLines(after.mark).join('; ')}; }`,
  ];
  const all = [...lines, ...(marksDiffer || lines.length > 0 ? mark : [])];
  return {
    text: all.map((line) => `${line}\n`).join(''),
    added: count(made) + changes.reduce((sum, { added }) => sum + added.length, 0),
    removed: count(gone) + changes.reduce((sum, { removed }) => sum + removed.length, 0),
  };
}

/**
 * Whether a set can be changed where it stands. Ranges with an end cannot where some go: as they may end meanwhile, they
 * would have to be added before they are deleted, and nft then finds that the next ones overlap with them.
 */
function staysAs(before: NftSet | undefined, after: NftSet): boolean {
  return (
    before !== undefined &&
    before.family === after.family &&
    before.holds === after.holds &&
    (after.holds !== 'timed ranges' || elementChanges(before, after).removed.length === 0)
  );
}

function elementChanges(
  before: NftSet | undefined,
  after: NftSet,
): { readonly removed: readonly NftElement[]; readonly added: readonly NftElement[] } {
  if (before === undefined || after.holds === 'learned') {
    return { removed: [], added: [] };
  }
  const olds = new Map(before.elements.map((element) => [element.value, element]));
  const news = new Map(after.elements.map((element) => [element.value, element]));
  const differ = ({ value, timeoutSeconds }: NftElement) => {
    const other = olds.get(value);
    return other === undefined || !isSameLimit(other.timeoutSeconds, timeoutSeconds);
  };
  const added = after.elements.filter(differ);
  const again = new Set(added.map(({ value }) => value));
  return { added, removed: before.elements.filter(({ value }) => !news.has(value) || again.has(value)) };
}

function isSameLimit(before: number | undefined, after: number | undefined): boolean {
  return before === undefined || after === undefined
    ? before === after
    : before <= after + 1 && before >= after - shorterBySeconds;
}

function elementsLine(
  verb: 'add' | 'delete',
  of: string,
  set: NftSet,
  elements: readonly NftElement[],
): string {
  return elements.length === 0
    ? ''
    : `${verb} element ${of} ${set.name} { ${elements.map(elementText).join(', ')} }`;
}

function count(sets: readonly NftSet[]): number {
  return sets.reduce((sum, { elements }) => sum + elements.length, 0);
}
