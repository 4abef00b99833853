import type { ImageBuildRun } from '../../model/record.ts';
import { durationText } from './duration-text.ts';
import { printable } from './printable.ts';
import type { Timeline, TimelineRow } from './timeline-of-run.ts';
import { widest } from './widest.ts';
import { wrappedList } from './wrapped-list.ts';

const longestLabelColumns = 24;
const leastBarColumns = 10;
const leastColumnsPerTick = 12;
const secondMs = 1000;
const tickStepsMs = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200].map(
  (seconds) => seconds * secondMs,
);

/**
 * A bar for each action that ran, by image, scaled to the width in columns: `█` on the critical path (`*` before the
 * name), `▒` beside it, `✗` at the end of one that failed. What did not run says why.
 */
export function timelineText(run: ImageBuildRun, timeline: Timeline, width: number): string {
  const { groups, totalMs, criticalPath } = timeline;
  const rows = groups.flatMap((group) => group.rows);
  const labelColumns = Math.min(longestLabelColumns, widest(rows.map(({ label }) => label)));
  const words = new Map(rows.map((row) => [row, wordOf(row)]));
  const wordColumns = widest(words.values());
  const startColumns = 2 + labelColumns + 2 + wordColumns + 2;
  const barColumns = Math.max(leastBarColumns, width - startColumns);
  const critical = new Set(criticalPath);
  const lines = [
    `run ${run.id} ${run.outcome} in ${durationText(totalMs)}, from ${run.startedAt.slice(11, 19)} UTC`,
    ...(criticalPath.length === 0 ? [] : [`${' '.repeat(startColumns)}${axisText(totalMs, barColumns)}`]),
  ];
  for (const { name, outcome, version, rows: ownRows } of groups) {
    lines.push(`${name}  ${outcome}${version === null ? '' : ` ${version}`}`);
    for (const row of ownRows) {
      const isCritical = critical.has(row);
      const label = shortened(row.label, labelColumns).padEnd(labelColumns);
      const word = (words.get(row) ?? '').padStart(wordColumns);
      const bar = barText(row, isCritical, totalMs, barColumns);
      lines.push(`${isCritical ? '*' : ' '} ${label}  ${word}  ${bar}`.trimEnd());
    }
  }
  return [...lines, ...summaryLines(timeline, width)].map((line) => `${line}\n`).join('');
}

function summaryLines({ groups, criticalPath, totalMs }: Timeline, width: number): readonly string[] {
  const savedMs = groups
    .flatMap((group) => group.rows)
    .map(({ action }) => (action.cached ? (action.durationMs ?? 0) : 0))
    .reduce((sum, each) => sum + each, 0);
  const criticalMs = criticalPath.reduce((sum, { span }) => sum + (span ? span.endMs - span.startMs : 0), 0);
  const path = wrappedList(
    `* critical path, ${durationText(criticalMs)} of ${durationText(totalMs)}: `,
    criticalPath.map((row) => `${row.group}/${row.label}`),
    ' → ',
    width,
    '  ',
  );
  return [
    '',
    ...(criticalPath.length === 0 ? ['nothing ran'] : path),
    ...(savedMs === 0 ? [] : [`cached actions took ${durationText(savedMs)} when they were made`]),
  ];
}

/** How long it took, and how it ended unless it went well. */
function wordOf({ action, span }: TimelineRow): string {
  const took = span === undefined ? '' : durationText(span.endMs - span.startMs);
  if (action.status === 'succeeded') {
    return action.cached ? 'cached' : took;
  }
  return printable(took === '' ? action.status : `${action.status} ${took}`);
}

function barText(
  { action, span }: TimelineRow,
  isCritical: boolean,
  totalMs: number,
  columns: number,
): string {
  if (span === undefined) {
    return '';
  }
  const column = (ms: number) => Math.round((ms / Math.max(1, totalMs)) * columns);
  const start = Math.min(column(span.startMs), columns - 1);
  const length = Math.max(1, Math.min(column(span.endMs), columns) - start);
  const bar = (isCritical ? '█' : '▒').repeat(length);
  return `${' '.repeat(start)}${action.status === 'failed' ? `${bar.slice(1)}✗` : bar}`;
}

/** `0 s         20 s        40 s`: every label begins at its column. */
function axisText(totalMs: number, columns: number): string {
  const fits = (stepMs: number) => (stepMs / Math.max(1, totalMs)) * columns >= leastColumnsPerTick;
  const stepMs = tickStepsMs.find(fits) ?? totalMs;
  let axis = '';
  for (let atMs = 0; atMs <= totalMs && stepMs > 0; atMs += stepMs) {
    const label = atMs === 0 ? '0' : tickText(atMs);
    const start = Math.round((atMs / Math.max(1, totalMs)) * columns);
    if (start + label.length <= columns) {
      axis = axis.padEnd(start) + label;
    }
  }
  return axis;
}

/** `40 s`, `1 min`, `1 min 20 s`, `2 h 30 min`. */
function tickText(atMs: number): string {
  return atMs < 10 * secondMs ? `${atMs / secondMs} s` : durationText(atMs).replace(/ 0 (?:s|min)$/, '');
}

function shortened(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
}
