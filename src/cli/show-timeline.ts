import type { Catalog } from '../engine/catalog/read-catalog.ts';
import type { ImageBuildRun } from '../model/record.ts';
import { failure, type Result } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { jsonText } from './render/json-text.ts';
import { timelineChromeTrace } from './render/timeline-chrome-trace.ts';
import { timelineOfRun } from './render/timeline-of-run.ts';
import { timelineText } from './render/timeline-text.ts';
import { terminalWidth } from './terminal-width.ts';
import { failWith } from './with-workspace.ts';

export type TimelineForm = 'text' | 'chrome-trace';

/** Shows when each action of a run was at work: of the run that is named, or of the last one. */
export async function showTimeline(
  invocation: Invocation,
  catalog: Catalog,
  id: string | undefined,
  form: TimelineForm,
): Promise<ExitCode> {
  const run = await readRun(catalog, id);
  if (!run.ok) {
    return failWith(invocation, run.diagnostics);
  }
  const timeline = timelineOfRun(run.value);
  if (form === 'chrome-trace') {
    invocation.stdout(timelineChromeTrace(run.value, timeline));
  } else if (invocation.output === 'json') {
    const criticalPath = timeline.criticalPath.map(({ action }) => action.id);
    invocation.stdout(jsonText({ formatVersion: 1, run: run.value, criticalPath }));
  } else {
    invocation.stdout(timelineText(run.value, timeline, terminalWidth(invocation.environment)));
  }
  return exitCodes.ok;
}

async function readRun(catalog: Catalog, id: string | undefined): Promise<Result<ImageBuildRun>> {
  const ids = await catalog.runs();
  if (!ids.ok) {
    return ids;
  }
  const wanted = id === undefined ? ids.value.at(-1) : ids.value.find((known) => known === id);
  return wanted === undefined
    ? failure({
        code: 'SK9025',
        severity: 'error',
        message: id === undefined ? 'no run is recorded' : `no run ${JSON.stringify(id)} is recorded`,
        hint: 'sandkiln history lists the runs; a reconcile records one',
      })
    : catalog.run(wanted);
}
