import type { CommitId } from '../adapters/git/git.ts';
import { loadKinds, loadPlanners, type Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { catalogRecords } from '../engine/catalog/read-catalog.ts';
import type { IncrementalInput } from '../engine/index/incremental-input.ts';
import { type IncrementalPlan, incrementalPlan } from '../engine/index/incremental-plan.ts';
import { loadForPlan } from '../engine/index/load-for-plan.ts';
import type { PathReader } from '../engine/index/path-reader.ts';
import { answerText } from '../engine/index/plan-answer.ts';
import { emptyTable, readTable, tableText } from '../engine/index/plan-table.ts';
import { readPolicy } from '../engine/index/read-policy.ts';
import { entryText } from '../engine/index/root-entries.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { type Result, success } from '../model/result.ts';
import { type DesiredChoice, type PlannedState, planState, readDesiredState } from './loaded-state.ts';
import { type KnownImages, type PlannedCommits, type PlanView, type Policy, viewOf } from './plan-view.ts';
import { wholeView } from './whole-view.ts';

/** A plan that no remembered answer gives: made from what changed, and remembered. */
export async function freshPlan(commits: PlannedCommits): Promise<Result<PlanView>> {
  const fresh = await incrementalPlan(await inputOf(commits));
  if (fresh === undefined) {
    const whole = wholeView(await wholeState(commits));
    if (!whole.ok) {
      await rememberFailure(commits, whole.diagnostics);
    }
    return whole;
  }
  await remember(commits, fresh);
  return success(
    viewOf(commits, fresh.answer, {
      images: () => knownImages(commits),
      load: (plan) => loadChanges(commits, plan),
    }),
  );
}

/** The plan of any desired state, a work tree included, with nothing remembered. */
export async function wholePlan(workspace: Workspace, choice: DesiredChoice): Promise<Result<PlanView>> {
  return wholeView(await planState(workspace, choice));
}

/** Policy of a commit; where it cannot be read, everything that is wrong with the desired state. */
export async function readPolicyOf(
  workspace: Workspace,
  commit: CommitId,
  desired: PathReader,
): Promise<Result<Policy>> {
  const policy = await readPolicy(workspace.git, desired, await loadKinds());
  if (policy !== undefined) {
    return success(policy);
  }
  const whole = await readDesiredState(workspace, { ref: commit });
  if (!whole.ok) {
    return whole;
  }
  const { identity, spec } = whole.value.desired.repository;
  return success({ name: identity.name, spec });
}

/** Images of the desired state and of the catalog. */
export async function knownImages(commits: PlannedCommits): Promise<KnownImages> {
  const fresh = await incrementalPlan(await inputOf(commits));
  if (fresh === undefined) {
    throw new TypeError('a plan was made of objects that cannot be read any more');
  }
  const { documents, images } = fresh.table;
  const names = documents.column('name');
  const versions = documents.column('version');
  const wanted = [...documents.column('kind').entries()].flatMap(([row, kind]) =>
    kind === 'SandboxImageSpec' ? [[names[row] ?? '', versions[row] ?? ''] as const] : [],
  );
  const active = images.column('active');
  return {
    resources: new Set(names),
    wanted: new Map(wanted),
    active: new Map(images.column('name').map((name, row) => [name, active[row] || null])),
  };
}

/** What carrying the plan out needs. */
export async function loadChanges(commits: PlannedCommits, plan: Plan): Promise<Result<PlannedState>> {
  const input = await inputOf(commits);
  const fresh = await incrementalPlan(input);
  const identities = plan.changes.map(({ resource }) => resource);
  const loaded =
    fresh === undefined ? undefined : await loadForPlan({ ...input, table: fresh.table }, identities);
  if (fresh === undefined || loaded === undefined) {
    return wholeState(commits);
  }
  const { desired, files, view } = loaded;
  return success({
    desired,
    resources: [...desired.resources.values()].flatMap((byName) => [...byName.values()]),
    commit: commits.commit,
    catalog: catalogRecords(commits.workspace.git, commits.tip),
    view,
    files,
    made: { plan, diagnostics: fresh.answer.diagnostics },
  });
}

async function inputOf({
  workspace,
  memos,
  desired,
  tip,
  catalog,
}: PlannedCommits): Promise<IncrementalInput> {
  const [kinds, planners, text] = await Promise.all([loadKinds(), loadPlanners(), memos.table.read()]);
  return {
    git: workspace.git,
    desired,
    catalogCommit: tip,
    catalog,
    kinds,
    planners,
    safeguardsOf: ({ name, spec }) => repositoryPolicy({ identity: { name }, spec }).safeguards,
    table: readTable(memos.fingerprint, text) ?? emptyTable,
  };
}

async function remember({ memos }: PlannedCommits, { table, answer }: IncrementalPlan): Promise<void> {
  await Promise.all([
    memos.table.write(tableText(memos.fingerprint, table)),
    memos.answer.write(answerText(memos.fingerprint, answer)),
  ]);
}

/** A finding that another try may not have is not remembered. */
async function rememberFailure(
  { memos, tree, catalog, desired, policy }: PlannedCommits,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  if (diagnostics.every((diagnostic) => diagnostic.place !== undefined)) {
    await memos.answer.write(
      answerText(memos.fingerprint, {
        status: 'failed',
        tree,
        catalog: entryText(catalog.root.get(catalogFolder)),
        policy: { ...policy, entry: entryText(desired.root.get('sandkiln.yaml')) },
        diagnostics,
      }),
    );
  }
}

function wholeState({ workspace, commit, tip }: PlannedCommits) {
  return planState(workspace, { ref: commit, catalogCommit: tip });
}
