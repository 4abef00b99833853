import { openStores } from '../../compose.ts';
import type { Catalog } from '../../engine/catalog/read-catalog.ts';
import type { RunAction, RunImage } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { readCatalogState } from '../loaded-state.ts';
import { printable } from '../render/printable.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const logLimitBytes = 64 * 1024 * 1024;
const runsSearched = 1000;

export const command: Command = {
  name: 'logs',
  summary: 'show what the actions of an image printed in its last run',
  argumentsText: 'NAME',
  options: {
    run: {
      type: 'string',
      value: 'ID',
      help: 'this run instead of the last one; sandkiln history lists them',
    },
    stage: { type: 'string', value: 'STAGE', help: 'only this stage, such as bootstrap or smoke:2' },
  },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const [name = ''] = invocation.positionals;
      const catalog = await readCatalogState(workspace);
      const found = catalog.ok ? await findRun(catalog.value, name, invocation.text('run')) : catalog;
      if (!found.ok) {
        return failWith(invocation, found.diagnostics);
      }
      const { run, image } = found.value;
      const stage = invocation.text('stage');
      const actions = image.actions.filter((action) => stage === undefined || stageOf(action) === stage);
      if (invocation.output === 'json') {
        invocation.stdout(`${JSON.stringify({ formatVersion: 1, run, image: name, actions }, null, 2)}\n`);
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
    }),
};

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
