import { createBuildEngine, type Workspace } from '../compose.ts';
import type { Catalog } from '../engine/catalog/read-catalog.ts';
import {
  type ExplainedAction,
  explainKept,
  explainKeys,
  type KeyDifference,
} from '../engine/execute/explain-key.ts';
import { buildGraph } from '../engine/graph/build-graph.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import { isOnlyRevision } from '../kinds/sandbox-image-spec/bound-list.ts';
import { imageKind } from '../kinds/sandbox-image-spec/image-plan.ts';
import { type ActionId, actionId } from '../model/action.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import type { Reason } from '../model/plan.ts';
import type { BoundRevision } from '../model/record.ts';
import { type Result, success } from '../model/result.ts';
import { boundRevisionText } from './bound-revision.ts';
import type { Invocation } from './command.ts';
import { type ExitCode, exitCodes } from './exit-code.ts';
import { planState } from './loaded-state.ts';
import { plannedActions } from './planned-actions.ts';
import { actionParts, actionText } from './render/action-text.ts';
import { jsonText } from './render/json-text.ts';
import { printable } from './render/printable.ts';
import { reportDiagnostics } from './report.ts';
import { failWith } from './with-workspace.ts';

const runsSearched = 1000;
const shownDifferences = 10;

/**
 * `explain --why NAME`: for each action that the plan has for a resource, whether it would run, the inputs of its key,
 * and what differs from the row that was kept last. With nothing planned: why the actions of the last run ran. Of an
 * image with an allow-list also the revision that it stands under.
 */
export async function explainWhy(
  invocation: Invocation,
  workspace: Workspace,
  choice: { readonly ref: string | undefined; readonly worktree: boolean },
): Promise<ExitCode> {
  const name = (invocation.positionals[0] ?? '').split('/').at(-1) ?? '';
  const stage = invocation.text('stage');
  const explained = await explain(invocation, workspace, choice, name);
  if (!explained.ok) {
    return failWith(invocation, explained.diagnostics);
  }
  const { bound } = explained.value;
  const actions = explained.value.actions.filter(
    ({ action }) => stage === undefined || actionParts(action).stage === stage,
  );
  if (invocation.output === 'json') {
    invocation.stdout(jsonText({ formatVersion: 1, name, allowList: bound ?? null, actions }));
    return exitCodes.ok;
  }
  if (bound !== undefined) {
    invocation.stdout(`${printable(name)}: stands under ${boundRevisionText(bound)}\n`);
  }
  for (const { text } of explained.value.onlyRevision) {
    invocation.stdout(`${printable(name)}: ${printable(text)}; no action has to run for that\n`);
  }
  if (actions.length === 0) {
    invocation.stdout(`${printable(name)}: nothing of it is planned, so nothing would run\n`);
  }
  for (const action of actions) {
    invocation.stdout(
      actionLines(action, stage !== undefined)
        .join('\n')
        .concat('\n'),
    );
  }
  return exitCodes.ok;
}

interface Explained {
  readonly actions: readonly ExplainedAction[];
  /** The revision that the active image stands under. */
  readonly bound: BoundRevision | undefined;
  /** Reasons of a change that leads to another revision of its list and to nothing else. */
  readonly onlyRevision: readonly Reason[];
}

async function explain(
  invocation: Invocation,
  workspace: Workspace,
  choice: { readonly ref: string | undefined; readonly worktree: boolean },
  name: string,
): Promise<Result<Explained>> {
  const state = await planState(workspace, choice);
  if (!state.ok) {
    return state;
  }
  const planned = await plannedActions(state.value, state.value.made.plan);
  const graph = planned.ok ? buildGraph(planned.value) : planned;
  if (!graph.ok) {
    return graph;
  }
  const engine = await createBuildEngine(
    workspace,
    { mirror: repositoryPolicy(state.value.desired.repository).mirror },
    () => {},
  );
  const { actions, problems } = await explainKeys(graph.value, {
    ...engine,
    platform: engine.host.platform,
    salt: '',
  });
  await reportDiagnostics(invocation, problems);
  const { catalog, made } = state.value;
  const change = made.plan.changes.find(
    ({ resource }) => resource.kind === imageKind && resource.name === name,
  );
  const about = {
    bound: catalog.images.get(name)?.inputs?.allowList,
    onlyRevision: change !== undefined && isOnlyRevision(change) ? change.reasons : [],
  };
  const own = actions.filter(({ action }) => actionParts(action).name === name);
  if (own.length > 0) {
    return success({ ...about, actions: own });
  }
  const recorded = await recordedActions(catalog, name);
  return recorded.ok
    ? success({ ...about, actions: await explainKept(recorded.value, engine.actionCache) })
    : recorded;
}

/** The actions of the last recorded run of an image. */
async function recordedActions(catalog: Catalog, name: string): Promise<Result<readonly ActionId[]>> {
  const ids = await catalog.runs();
  if (!ids.ok) {
    return ids;
  }
  for (const id of ids.value.toReversed().slice(0, runsSearched)) {
    const run = await catalog.run(id);
    if (!run.ok) {
      return run;
    }
    const image = run.value.images.find((entry) => entry.name === name);
    // A run that bound it to another revision of its list had nothing to do for it.
    if (image !== undefined && image.actions.length > 0) {
      return success(image.actions.map(({ id }) => actionIdOf(id)));
    }
  }
  return success([]);
}

/** An id of a record, which is text of the same form. */
function actionIdOf(text: string): ActionId {
  const [kind = '', name = '', ...stage] = text.split('/');
  return actionId({ kind, name }, stage.join('/'));
}

function actionLines(explained: ExplainedAction, withInputs: boolean): readonly string[] {
  const { action, key, inputs, differences, waitsFor } = explained;
  const head = `${actionText(action)}: ${verdictText(explained)}`;
  const shown = differences?.slice(0, withInputs ? Number.POSITIVE_INFINITY : shownDifferences) ?? [];
  const more = (differences?.length ?? 0) - shown.length;
  return [
    head,
    ...(waitsFor.length === 0 ? [] : [`  waits for the output of ${waitsFor.map(actionText).join(', ')}`]),
    ...shown.map(differenceText),
    ...(more > 0 ? [`  and ${more} more differences: --stage ${actionParts(action).stage} shows all`] : []),
    ...(withInputs ? [`  key ${key ?? 'not known yet'}`, ...inputLines(inputs)] : []),
  ];
}

function verdictText({ verdict, differences }: ExplainedAction): string {
  const why =
    differences === undefined
      ? 'no row of an earlier run is kept on this host'
      : differences.length === 0
        ? 'its key is that of the last run'
        : 'its key differs from that of the last run';
  switch (verdict) {
    case 'cached':
      return 'does not run: the cache has its output';
    case 'runs':
      return differences?.length === 0
        ? 'runs: the row or a blob of it is gone from the cache'
        : `runs: ${why}`;
    case 'depends':
      return 'runs only where the output of what it needs changes';
    case 'always':
      return 'runs each time: it changes something outside, or is no function of its inputs';
    case 'kept':
      return differences === undefined
        ? 'ran last with the only key that is known'
        : 'ran last because its key differed from the one before';
  }
}

function differenceText({ pointer, before, now }: KeyDifference): string {
  return `  ${printable(pointer)}: ${valueText(before)} → ${valueText(now)}`;
}

function inputLines(inputs: JsonObject): readonly string[] {
  return Object.entries(inputs).map(
    ([name, value]) => `  ${printable(name)} ${printable(JSON.stringify(value))}`,
  );
}

function valueText(value: JsonValue): string {
  const text = printable(JSON.stringify(value));
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
