import type { ActionId } from '../../model/action.ts';
import { columnsOf, laneSlots, passingKey, type Slot } from './graph-slots.ts';
import type { GraphNode, GraphView } from './graph-view.ts';

/** Where everything of a drawn graph lies, in pixels; x grows to the right, y downward. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly LaneBox[];
  readonly nodes: readonly NodeBox[];
  readonly edges: readonly EdgeLine[];
}

/** One resource: a strip from its first column to its last. */
export interface LaneBox {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface NodeBox {
  readonly node: GraphNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface EdgeLine {
  readonly isCritical: boolean;
  /** From the right side of one node to the left side of another; between two points after each other it bends. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const margin = 16;
const nodeHeight = 38;
const rowHeight = 50;
const columnGap = 44;
const laneTitleHeight = 26;
const lanePadding = 10;
const laneGap = 10;
const characterWidth = 7.5;
const nameCharacterWidth = 8;
const nodePadding = 20;
const leastNodeWidth = 70;

/**
 * A layered drawing: a column for each step of the longest path to an action, a lane for each resource, so that needs
 * always point to the right. Lines that pass a column have a row of their own there, and rows are ordered so that few
 * lines cross (barycentre method of Sugiyama, Tagawa and Toda).
 */
export function layoutGraph({ groups }: GraphView, labelWidthCharacters: number): GraphLayout {
  const columns = columnsOf(groups.flatMap(({ nodes }) => nodes));
  const lanes = groups.map(({ nodes }) => laneSlots(nodes, columns));
  const columnCount = columns.values().reduce((most, column) => Math.max(most, column + 1), 0);
  const widths = columnWidths(
    groups.flatMap(({ nodes }) => nodes),
    columns,
    columnCount,
    labelWidthCharacters,
  );
  const lefts = widths.map(
    (_, column) =>
      margin + lanePadding + widths.slice(0, column).reduce((sum, width) => sum + width + columnGap, 0),
  );
  const laneBoxes: LaneBox[] = [];
  const nodes: NodeBox[] = [];
  const places = new Map<string, { readonly column: number; readonly y: number }>();
  let y = margin;
  for (const [index, slots] of lanes.entries()) {
    const rows = Math.max(...slots.map((column) => column.length));
    const height = laneTitleHeight + rows * rowHeight + lanePadding - (rowHeight - nodeHeight);
    const label = groups[index]?.label ?? '';
    laneBoxes.push({ label, y, height, ...laneSpan(label, slots, lefts, widths) });
    for (const [column, inColumn] of slots.entries()) {
      const top = y + laneTitleHeight + ((rows - inColumn.length) * rowHeight) / 2;
      for (const [row, slot] of inColumn.entries()) {
        const slotY = top + row * rowHeight;
        places.set(slot.key, { column, y: slotY + nodeHeight / 2 });
        if (slot.node !== undefined) {
          const box = { x: lefts[column] ?? 0, y: slotY, width: widths[column] ?? 0, height: nodeHeight };
          nodes.push({ node: slot.node, ...box });
        }
      }
    }
    y += height + laneGap;
  }
  const edges = groups
    .flatMap((group) => group.nodes)
    .flatMap((node) => node.needs.map((edge) => lineOf(node, edge)));
  const right = laneBoxes.reduce((most, lane) => Math.max(most, lane.x + lane.width), margin);
  return { width: right + margin, height: y - laneGap + margin, lanes: laneBoxes, nodes, edges };

  function lineOf(node: GraphNode, edge: GraphNode['needs'][number]): EdgeLine {
    const from = columns.get(edge.from) ?? 0;
    const to = columns.get(node.id) ?? 0;
    const points: { x: number; y: number }[] = [];
    for (let column = from; column <= to; column += 1) {
      const key =
        column === from ? edge.from : column === to ? node.id : passingKey(edge.from, node.id, column);
      const centre = places.get(key)?.y ?? 0;
      const left = lefts[column] ?? 0;
      if (column > from) {
        points.push({ x: left, y: centre });
      }
      if (column < to) {
        points.push({ x: left + (widths[column] ?? 0), y: centre });
      }
    }
    return { isCritical: edge.isCritical, points };
  }
}

/** As wide as what stands in it, and as its name. */
function laneSpan(
  label: string,
  slots: readonly (readonly Slot[])[],
  lefts: readonly number[],
  widths: readonly number[],
): { readonly x: number; readonly width: number } {
  const isUsed = (column: readonly Slot[]) => column.length > 0;
  const last = slots.length - 1;
  const x = (lefts[slots.findIndex(isUsed)] ?? 0) - lanePadding;
  const right = (lefts[last] ?? 0) + (widths[last] ?? 0) + lanePadding;
  const labelWidth = Math.ceil(label.length * nameCharacterWidth) + 2 * lanePadding;
  return { x, width: Math.max(right - x, labelWidth) };
}

function columnWidths(
  nodes: readonly GraphNode[],
  columnOf: ReadonlyMap<ActionId, number>,
  columnCount: number,
  labelWidthCharacters: number,
): readonly number[] {
  const widths = Array.from({ length: columnCount }, () => leastNodeWidth);
  for (const { id, label, duration } of nodes) {
    const column = columnOf.get(id) ?? 0;
    const characters = Math.min(Math.max(label.length, duration.length), labelWidthCharacters);
    widths[column] = Math.max(widths[column] ?? 0, Math.ceil(characters * characterWidth) + nodePadding);
  }
  return widths;
}
