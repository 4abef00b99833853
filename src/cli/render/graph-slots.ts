import type { ActionId } from '../../model/action.ts';
import type { GraphNode } from './graph-view.ts';

/** What takes a row of a column: a node, or a line that passes. */
export interface Slot {
  readonly key: string;
  readonly node: GraphNode | undefined;
  /** Keys of slots in the column before that lines come from. */
  readonly before: readonly string[];
}

/** How often the rows of a lane are ordered anew. */
const sweeps = 4;

/** Longest path to each action, in steps; nodes stand after what they need. */
export function columnsOf(nodes: readonly GraphNode[]): ReadonlyMap<ActionId, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const columns = new Map<ActionId, number>();
  for (const { id } of nodes) {
    const open: ActionId[] = [id];
    for (let current = open.at(-1); current !== undefined; current = open.at(-1)) {
      const needs = byId.get(current)?.needs ?? [];
      const missing = needs.filter(({ from }) => !columns.has(from));
      if (missing.length > 0) {
        open.push(...missing.map(({ from }) => from));
      } else {
        columns.set(current, Math.max(-1, ...needs.map(({ from }) => columns.get(from) ?? 0)) + 1);
        open.pop();
      }
    }
  }
  return columns;
}

/** The columns of one lane, each from top to bottom, so that few lines cross (barycentre method). */
export function laneSlots(
  nodes: readonly GraphNode[],
  columnOf: ReadonlyMap<ActionId, number>,
): readonly (readonly Slot[])[] {
  const columns: Slot[][] = [];
  const put = (column: number, slot: Slot) => {
    while (columns.length <= column) {
      columns.push([]);
    }
    columns[column]?.push(slot);
  };
  for (const node of nodes) {
    const own = columnOf.get(node.id) ?? 0;
    const before: string[] = [];
    for (const { from } of node.needs) {
      let previous: string = from;
      for (let column = (columnOf.get(from) ?? 0) + 1; column < own; column += 1) {
        const key = passingKey(from, node.id, column);
        put(column, { key, node: undefined, before: [previous] });
        previous = key;
      }
      before.push(previous);
    }
    put(own, { key: node.id, node, before });
  }
  return ordered(columns);
}

/** Each row near the middle of the rows that its lines come from, then of those that they go to, a few times. */
function ordered(columns: readonly (readonly Slot[])[]): readonly (readonly Slot[])[] {
  const after = new Map<string, string[]>();
  for (const slot of columns.flat()) {
    for (const key of slot.before) {
      after.set(key, [...(after.get(key) ?? []), slot.key]);
    }
  }
  const sorted = columns.map((column) => [...column]);
  /** Rows from the middle of the lane, where columns are centred. */
  const rows = new Map<string, number>();

  function number(column: readonly Slot[]): void {
    for (const [row, { key }] of column.entries()) {
      rows.set(key, row - (column.length - 1) / 2);
    }
  }

  function sort(column: Slot[], neighbours: (slot: Slot) => readonly string[]): void {
    const weights = new Map<string, number>();
    for (const slot of column) {
      const near = neighbours(slot).flatMap((key) => rows.get(key) ?? []);
      const sum = near.reduce((total, row) => total + row, 0);
      weights.set(slot.key, near.length === 0 ? (rows.get(slot.key) ?? 0) : sum / near.length);
    }
    column.sort((left, right) => (weights.get(left.key) ?? 0) - (weights.get(right.key) ?? 0));
    number(column);
  }

  sorted.forEach(number);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    for (const column of sorted) {
      sort(column, (slot) => slot.before);
    }
    for (const column of sorted.toReversed()) {
      sort(column, (slot) => after.get(slot.key) ?? []);
    }
  }
  return sorted;
}

/** Key of the slot in which a line passes a column. */
export function passingKey(from: ActionId, to: ActionId, column: number): string {
  return `${from}\n${to}\n${column}`;
}
