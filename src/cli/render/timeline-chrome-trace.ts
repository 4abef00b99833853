import type { ImageBuildRun } from '../../model/record.ts';
import type { Timeline, TimelineRow } from './timeline-of-run.ts';

/**
 * The time line in the JSON object form of the Trace Event Format, which Perfetto and chrome://tracing show. An image is
 * a process, and what ran at the same time for it has threads of its own. Times are microseconds from the start of the
 * run. Each action that ran is a complete event (`X`); a cached one has no length and stands behind what came before it.
 */
export function timelineChromeTrace(run: ImageBuildRun, timeline: Timeline): string {
  const critical = new Set(timeline.criticalPath);
  const traceEvents = timeline.groups.flatMap((group, index) => {
    const pid = index + 1;
    const slotEndsMs: number[] = [];
    let latestMs = 0;
    const events = group.rows.flatMap((row) => {
      const span = row.span ?? (row.action.cached ? { startMs: latestMs, endMs: latestMs } : undefined);
      if (span === undefined) {
        return [];
      }
      latestMs = Math.max(latestMs, span.endMs);
      return [{ row, ...span }];
    });
    const complete = events
      .sort((left, right) => left.startMs - right.startMs)
      .map(({ row, startMs, endMs }) => {
        const free = slotEndsMs.findIndex((slotEndMs) => slotEndMs <= startMs);
        const slot = free === -1 ? slotEndsMs.length : free;
        slotEndsMs[slot] = endMs;
        return completeEvent(row, critical.has(row), { pid, tid: slot + 1, startMs, endMs });
      });
    return [
      { ph: 'M', name: 'process_name', pid, tid: 0, args: { name: group.name } },
      { ph: 'M', name: 'process_sort_index', pid, tid: 0, args: { sort_index: index } },
      ...slotEndsMs.map((_, slot) => ({
        ph: 'M',
        name: 'thread_name',
        pid,
        tid: slot + 1,
        args: { name: `slot ${slot + 1}` },
      })),
      ...complete,
    ];
  });
  const { id, outcome, startedAt, finishedAt, engineVersion, desiredCommit } = run;
  return `${JSON.stringify({
    displayTimeUnit: 'ms',
    otherData: { run: id, outcome, startedAt, finishedAt, engineVersion, desiredCommit },
    traceEvents,
  })}\n`;
}

interface EventPlace {
  readonly pid: number;
  readonly tid: number;
  readonly startMs: number;
  readonly endMs: number;
}

function completeEvent({ action, label }: TimelineRow, isCritical: boolean, place: EventPlace) {
  const { id, status, cached, key, tools } = action;
  return {
    ph: 'X',
    name: label,
    cat: isCritical ? 'action,critical' : 'action',
    ts: place.startMs * 1000,
    dur: (place.endMs - place.startMs) * 1000,
    pid: place.pid,
    tid: place.tid,
    // One of the viewer's reserved colours.
    ...(status === 'failed' ? { cname: 'terrible' } : {}),
    args: { id, status, cached, critical: isCritical, key, tools },
  };
}
