import type { ImageBuildRun, RunAction, RunImage } from '../../model/record.ts';
import { printable } from './printable.ts';

/** When each action of a recorded run was at work. Times are milliseconds from the start of the run. */
export interface Timeline {
  readonly totalMs: number;
  /** In the order of the record: by image, then as the pipeline has them. */
  readonly groups: readonly TimelineGroup[];
  /**
   * What the run waited for, oldest first: back from the action that ended last, always the one whose end let the next
   * start.
   */
  readonly criticalPath: readonly TimelineRow[];
}

export interface TimelineGroup {
  /** Safe to show on one line. */
  readonly name: string;
  readonly outcome: RunImage['outcome'];
  readonly version: string | null;
  readonly rows: readonly TimelineRow[];
}

export interface TimelineRow {
  readonly action: RunAction;
  /** Name of its group. */
  readonly group: string;
  /** Stage and part, safe to show on one line. */
  readonly label: string;
  /** Absent where it did not run: it was cached, skipped, cancelled or not needed. */
  readonly span: TimelineSpan | undefined;
}

export interface TimelineSpan {
  readonly startMs: number;
  readonly endMs: number;
}

/** Of actions that ended within this time before another started, one of the same image is taken for what it waited for. */
const handoverMs = 20;

/** Places the actions of a run in its time. The times of cached actions are those of an earlier run and count for nothing here. */
export function timelineOfRun(run: ImageBuildRun): Timeline {
  const startMs = Date.parse(run.startedAt);
  const groups = run.images.map(({ name, outcome, version, actions }) => ({
    name: printable(name),
    outcome,
    version,
    rows: actions.map((action) => ({
      action,
      group: printable(name),
      label: printable(action.id.split('/').slice(2).join('/')),
      span: spanOf(action, startMs),
    })),
  }));
  const rows = groups.flatMap((group) => group.rows);
  const totalMs = rows.reduce(
    (latest, { span }) => Math.max(latest, span?.endMs ?? 0),
    Math.max(0, Date.parse(run.finishedAt) - startMs),
  );
  return { totalMs, groups, criticalPath: criticalPath(rows) };
}

/** Nothing lies before the start of the run, whatever the clock did. */
function spanOf({ cached, startedAt, durationMs }: RunAction, runStartMs: number): TimelineSpan | undefined {
  if (cached || startedAt === null || durationMs === null) {
    return undefined;
  }
  const startMs = Math.max(0, Date.parse(startedAt) - runStartMs);
  return { startMs, endMs: startMs + durationMs };
}

function criticalPath(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const ran = rows
    .flatMap((row) => (row.span === undefined ? [] : [{ row, ...row.span }]))
    .sort((left, right) => left.endMs - right.endMs);
  const path: TimelineRow[] = [];
  let index = ran.length - 1;
  for (let current = ran[index]; current !== undefined; current = ran[index]) {
    path.unshift(current.row);
    const { startMs, row } = current;
    index -= 1;
    while ((ran[index]?.endMs ?? 0) > startMs) {
      index -= 1;
    }
    const latestMs = ran[index]?.endMs ?? 0;
    for (let near = index; (ran[near]?.endMs ?? -1) >= Math.max(0, latestMs - handoverMs); near -= 1) {
      if (ran[near]?.row.group === row.group) {
        index = near;
        break;
      }
    }
  }
  return path;
}
