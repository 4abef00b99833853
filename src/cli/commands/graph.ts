import { loadPlanners, openClock, type Workspace } from '../../compose.ts';
import { emptyCatalogView } from '../../engine/catalog/catalog-view.ts';
import { buildGraph } from '../../engine/graph/build-graph.ts';
import { makePlan } from '../../engine/plan/make-plan.ts';
import { fileDigests } from '../../engine/plan/named-files.ts';
import { type Result, success } from '../../model/result.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { type DesiredChoice, planState } from '../loaded-state.ts';
import { planView } from '../open-plan.ts';
import type { PlanView } from '../plan-view.ts';
import { plannedActions } from '../planned-actions.ts';
import { recordedDurations } from '../recorded-durations.ts';
import { type GraphView, graphView } from '../render/graph-view.ts';
import { jsonText } from '../render/json-text.ts';
import { desiredOptions, targetOptions } from '../target-options.ts';
import { targetedPlan } from '../targeted-plan.ts';
import { terminalWidth } from '../terminal-width.ts';
import { wholeView } from '../whole-view.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

const forms = {
  text: async (view, width) => (await import('../render/graph-text.ts')).graphText(view, width),
  dot: async (view) => (await import('../render/graph-dot.ts')).graphDot(view),
  mermaid: async (view) => (await import('../render/graph-mermaid.ts')).graphMermaid(view),
  svg: async (view) => (await import('../render/graph-svg.ts')).graphSvg(view),
} as const satisfies Record<string, (view: GraphView, width: number) => Promise<string>>;

export const command: Command = {
  name: 'graph',
  summary: 'show the actions that the plan leads to, what each waits for, and the critical path',
  argumentsText: '',
  options: {
    ...desiredOptions,
    ...targetOptions,
    all: { type: 'boolean', help: 'as if nothing were built yet, instead of only what changes' },
    format: { type: 'string', value: 'FORM', help: 'text (default), dot, mermaid or svg' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json'],
  details: [
    [
      'The critical path is what decides how long all takes. Times are those of the last recorded run; where there is',
      'none, a guess with a ~ before it. What an action waits for anyway, as something else does, is not drawn; JSON has',
      'all of it.',
    ].join(' '),
    'Example: sandkiln graph --all --format svg > graph.svg',
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const format = invocation.text('format') ?? 'text';
      if (!isForm(format)) {
        invocation.stderr(`error: --format ${format} is not one of ${Object.keys(forms).join(', ')}\n`);
        return exitCodes.error;
      }
      const choice = { ref: invocation.text('ref'), worktree: invocation.flag('worktree') };
      const view = invocation.flag('all')
        ? await planFromNothing(workspace, choice)
        : await planView(workspace, choice);
      return view.ok
        ? showGraph(invocation, view.value, forms[format])
        : failWith(invocation, view.diagnostics);
    }),
};

async function showGraph(
  invocation: Invocation,
  plan: PlanView,
  textOf: (typeof forms)[keyof typeof forms],
): Promise<ExitCode> {
  const targeted = await targetedPlan(plan, invocation);
  if (!targeted.ok) {
    return failWith(invocation, targeted.diagnostics);
  }
  const state = await plan.load();
  if (!state.ok) {
    return failWith(invocation, state.diagnostics);
  }
  const planned = await plannedActions(state.value, targeted.value);
  if (!planned.ok) {
    return failWith(invocation, planned.diagnostics);
  }
  const durations = await recordedDurations(state.value.catalog, planned.value);
  if (!durations.ok) {
    return failWith(invocation, durations.diagnostics);
  }
  const actions = planned.value.map((action) => {
    const expectedMs = durations.value.get(action.id);
    return expectedMs === undefined ? action : { ...action, expectedMs };
  });
  const graph = buildGraph(actions);
  if (!graph.ok) {
    return failWith(invocation, graph.diagnostics);
  }
  const view = graphView(graph.value, new Set(durations.value.keys()));
  const { criticalPath, criticalMs } = view;
  invocation.stdout(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, actions, criticalPath, criticalMs })
      : await textOf(view, terminalWidth(invocation.environment)),
  );
  return exitCodes.ok;
}

/** The plan as if the catalog held no image; its run records count all the same. */
async function planFromNothing(workspace: Workspace, choice: DesiredChoice): Promise<Result<PlanView>> {
  const state = await planState(workspace, choice);
  if (!state.ok) {
    return state;
  }
  const { commit, resources, files } = state.value;
  const view = emptyCatalogView;
  const made = makePlan(
    {
      desiredCommit: commit,
      catalogCommit: null,
      resources,
      files: fileDigests(files),
      catalog: view,
      safeguards: { maxRetirePercent: 100 },
      policy: state.value.desired.repository.spec,
      now: (await openClock()).now(),
    },
    await loadPlanners(),
  );
  return wholeView(success({ ...state.value, view, made }));
}

function isForm(text: string): text is keyof typeof forms {
  return Object.hasOwn(forms, text);
}
