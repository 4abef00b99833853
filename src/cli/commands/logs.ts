import { openStores, type Workspace } from '../../compose.ts';
import type { Catalog } from '../../engine/catalog/read-catalog.ts';
import type { RunAction, RunImage } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { readFoundCatalog } from '../find-catalog.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import type { TimelineForm } from '../show-timeline.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const logLimitBytes = 64 * 1024 * 1024;
const runsSearched = 1000;

export const command: Command = {
  name: 'logs',
  summary:
    'show what the actions of an image printed in its last run, or when each action of a run was at work',
  argumentsText: 'NAME | --timeline [RUN]',
  options: {
    run: {
      type: 'string',
      value: 'ID',
      help: 'this run instead of the last one; sandkiln history lists them',
    },
    stage: { type: 'string', value: 'STAGE', help: 'only this stage, such as bootstrap or smoke:2' },
    timeline: { type: 'boolean', help: 'the time line of the run RUN, or of the last one' },
    format: {
      type: 'string',
      value: 'FORM',
      help: 'of the time line: text (default), or chrome-trace for Perfetto and chrome://tracing',
    },
  },
  arguments: { least: 0, most: 1 },
  outputs: ['json'],
  details: ['Example: sandkiln logs --timeline --format chrome-trace > trace.json'],
  run: (invocation) => {
    const request = readRequest(invocation);
    if (typeof request === 'string') {
      invocation.stderr(`error: ${request}\n`);
      return Promise.resolve(exitCodes.error);
    }
    return withWorkspace(invocation, async (workspace) => {
      const catalog = await readFoundCatalog(workspace);
      if (!catalog.ok) {
        return failWith(invocation, catalog.diagnostics);
      }
      if (request.shows === 'logs') {
        return showLogs(invocation, workspace, catalog.value, request.image);
      }
      const { showTimeline } = await import('../show-timeline.ts');
      return showTimeline(invocation, catalog.value, request.run, request.form);
    });
  },
};

type Request =
  | { readonly shows: 'logs'; readonly image: string }
  | { readonly shows: 'timeline'; readonly run: string | undefined; readonly form: TimelineForm };

/** What is wrong with the options, where they do not go together. */
function readRequest(invocation: Invocation): Request | string {
  const [argument] = invocation.positionals;
  const format = invocation.text('format');
  if (!invocation.flag('timeline')) {
    if (argument === undefined) {
      return 'sandkiln logs takes NAME | --timeline [RUN]';
    }
    return format === undefined
      ? { shows: 'logs', image: argument }
      : '--format is a form of the time line: add --timeline';
  }
  if (invocation.text('stage') !== undefined) {
    return '--stage chooses logs; a time line shows every stage';
  }
  const run = invocation.text('run');
  if (run !== undefined && argument !== undefined) {
    return `--run ${run} and ${argument} both name a run`;
  }
  const form = format ?? 'text';
  if (form !== 'text' && form !== 'chrome-trace') {
    return `--format ${form} is not one of text, chrome-trace`;
  }
  return form === 'chrome-trace' && invocation.output === 'json'
    ? '--format chrome-trace is JSON of its own: leave --output json out'
    : { shows: 'timeline', run: argument ?? run, form };
}

async function showLogs(
  invocation: Invocation,
  workspace: Workspace,
  catalog: Catalog,
  name: string,
): Promise<ExitCode> {
  const found = await findRun(catalog, name, invocation.text('run'));
  if (!found.ok) {
    return failWith(invocation, found.diagnostics);
  }
  const { run, image } = found.value;
  const stage = invocation.text('stage');
  const actions = image.actions.filter((action) => stage === undefined || stageOf(action) === stage);
  if (invocation.output === 'json') {
    invocation.stdout(jsonText({ formatVersion: 1, run, image: name, actions }));
    return exitCodes.ok;
  }
  const { store } = await openStores(workspace.host);
  invocation.stdout(`run ${run}: ${name} ${image.outcome}\n`);
  for (const action of actions) {
    invocation.stdout(`== ${stageOf(action)}: ${action.status}${action.cached ? ' (cached)' : ''}\n`);
    if (action.log === null) {
      continue;
    }
    const log = await store.readSmall(action.log.digest, logLimitBytes);
    if (!log.ok) {
      return failWith(invocation, log.diagnostics);
    }
    for (const line of Buffer.from(log.value).toString('utf8').split('\n')) {
      invocation.stdout(`${printable(line)}\n`);
    }
  }
  for (const diagnostic of image.diagnostics) {
    invocation.stdout(`${diagnostic.severity} ${diagnostic.code}: ${printable(diagnostic.message)}\n`);
  }
  return exitCodes.ok;
}

async function findRun(
  catalog: Catalog,
  name: string,
  id: string | undefined,
): Promise<Result<{ readonly run: string; readonly image: RunImage }>> {
  const ids = await catalog.runs();
  if (!ids.ok) {
    return ids;
  }
  const searched =
    id === undefined
      ? ids.value.toReversed().slice(0, runsSearched)
      : ids.value.filter((known) => known === id);
  for (const candidate of searched) {
    const run = await catalog.run(candidate);
    if (!run.ok) {
      return run;
    }
    const image = run.value.images.find((entry) => entry.name === name);
    if (image !== undefined) {
      return success({ run: candidate, image });
    }
  }
  return failure({
    code: 'SK9025',
    severity: 'error',
    message: `no run${id === undefined ? '' : ` ${JSON.stringify(id)}`} of ${JSON.stringify(name)} is recorded`,
    hint: 'sandkiln history lists the runs and their images',
  });
}

function stageOf(action: RunAction): string {
  return action.id.split('/').slice(2).join('/');
}
