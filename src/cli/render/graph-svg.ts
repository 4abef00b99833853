import { durationText } from './duration-text.ts';
import { type EdgeLine, layoutGraph, type NodeBox } from './graph-layout.ts';
import type { GraphView } from './graph-view.ts';

/** Longer names are cut; the whole name is the node's title. */
const longestLabelCharacters = 32;

const legendHeight = 28;

const style = `
  text { font: 12px sans-serif; fill: #202020 }
  .lane { fill: #f4f4f2; stroke: #d8d8d4 }
  .name { font-weight: bold }
  .node { fill: #ffffff; stroke: #707070 }
  .time { fill: #606060; font-size: 11px }
  .edge { fill: none; stroke: #909090 }
  .critical { stroke: #c00000; stroke-width: 2.5 }
  .legend { fill: #c00000 }
`;

/** The graph as a stand-alone SVG 1.1 picture: a lane for each resource, time from left to right, the critical path in bold red. */
export function graphSvg(view: GraphView): string {
  const { width, height, lanes, nodes, edges } = layoutGraph(view, longestLabelCharacters);
  const legend =
    view.groups.length === 0
      ? 'nothing to do'
      : `critical path ${durationText(view.criticalMs)}; ~ is expected, other times are of the last run`;
  const drawnWidth = Math.ceil(Math.max(width, 480));
  const drawnHeight = Math.ceil(height + legendHeight);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${drawnWidth}" height="${drawnHeight}" viewBox="0 0 ${drawnWidth} ${drawnHeight}" role="img">`,
    '<title>sandkiln graph</title>',
    `<style>${style}</style>`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#707070"/></marker></defs>',
    `<rect width="${drawnWidth}" height="${drawnHeight}" fill="#ffffff"/>`,
    ...lanes.flatMap((lane) => [
      `<rect class="lane" x="${lane.x}" y="${lane.y}" width="${lane.width}" height="${lane.height}" rx="6"/>`,
      `<text class="name" x="${lane.x + 10}" y="${lane.y + 18}">${escaped(lane.label)}</text>`,
    ]),
    ...[...edges].sort(criticalLast).map(edgeText),
    ...nodes.map(nodeText),
    `<text class="legend" x="16" y="${drawnHeight - 14}">${escaped(legend)}</text>`,
    '</svg>',
  ].join('\n')}\n`;
}

function nodeText({ node, x, y, width, height }: NodeBox): string {
  const { label, duration, id, isCritical } = node;
  const shown =
    label.length > longestLabelCharacters ? `${label.slice(0, longestLabelCharacters - 1)}…` : label;
  const middle = x + width / 2;
  return [
    `<g><title>${escaped(id)}</title>`,
    `<rect class="${isCritical ? 'node critical' : 'node'}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`,
    `<text x="${middle}" y="${y + 16}" text-anchor="middle">${escaped(shown)}</text>`,
    `<text class="time" x="${middle}" y="${y + 31}" text-anchor="middle">${escaped(duration)}</text></g>`,
  ].join('');
}

/** Between columns a curve that leaves and arrives level; through a column a straight line. */
function edgeText({ points: [start, ...rest], isCritical }: EdgeLine): string {
  if (start === undefined) {
    return '';
  }
  let path = `M${start.x} ${start.y}`;
  let previous = start;
  for (const point of rest) {
    const bend = (previous.x + point.x) / 2;
    path +=
      point.y === previous.y
        ? `H${point.x}`
        : `C${bend} ${previous.y} ${bend} ${point.y} ${point.x} ${point.y}`;
    previous = point;
  }
  return `<path class="${isCritical ? 'edge critical' : 'edge'}" d="${path}" marker-end="url(#arrow)"/>`;
}

function criticalLast(left: EdgeLine, right: EdgeLine): number {
  return Number(left.isCritical) - Number(right.isCritical);
}

/** Text as XML 1.0 holds it: what would be markup as entities, and no characters that it forbids. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
