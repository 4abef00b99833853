import { loadKinds, loadPlanners, openClock, type PlanMemos, type Workspace } from '../compose.ts';
import { catalogFolder } from '../engine/catalog/paths.ts';
import { catalogRecords } from '../engine/catalog/read-catalog.ts';
import type { IncrementalInput } from '../engine/index/incremental-input.ts';
import { type IncrementalPlan, incrementalPlan } from '../engine/index/incremental-plan.ts';
import { loadForPlan } from '../engine/index/load-for-plan.ts';
import { answerText, type FailedAnswer } from '../engine/index/plan-answer.ts';
import { readPolicy } from '../engine/index/read-policy.ts';
import { entryText } from '../engine/index/root-entries.ts';
import { type ReadTable, readTable, tableTexts } from '../engine/index/table-text.ts';
import { allowListKindName } from '../kinds/allow-list/kind-name.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import { imageKind } from '../kinds/sandbox-image-spec/image-plan.ts';
import type { Plan } from '../model/plan.ts';
import { type Result, success } from '../model/result.ts';
import { completedPlan, decisionFiles } from './completed-plan.ts';
import { type DesiredChoice, type PlannedState, planState, readDesiredState } from './loaded-state.ts';
import { type KnownImages, type PlannedCommits, type PlanView, viewOf } from './plan-view.ts';
import type { Policy } from './policy.ts';
import { wholeView } from './whole-view.ts';

/** A plan that no remembered answer gives: made from what changed, and remembered. */
export async function freshPlan(commits: PlannedCommits): Promise<Result<PlanView>> {
  const input = await inputOf(commits);
  const fresh = await incrementalPlan(input);
  if (fresh === undefined) {
    const whole = wholeView(await wholeState(commits));
    if (!whole.ok) {
      const { memos, tree, catalog, desired, policy } = commits;
      await rememberFailure(memos, {
        tree,
        catalog: entryText(catalog.root.get(catalogFolder)),
        policy: { ...policy, entry: entryText(desired.root.get('sandkiln.yaml')) },
        diagnostics: whole.diagnostics,
      });
    }
    return whole;
  }
  const completed = await withContents(commits, input, fresh);
  if (!completed.ok) {
    return completed;
  }
  await remember(commits, completed.value, input.mark);
  return success(
    viewOf(commits, completed.value.answer, {
      images: () => knownImages(commits),
      load: (plan) => loadChanges(commits, plan),
    }),
  );
}

/** The same plan with what is in files and what people decided: both are part of what is remembered. */
async function withContents(
  { workspace, commit, tip, desired }: PlannedCommits,
  input: IncrementalInput,
  { table, answer }: IncrementalPlan,
): Promise<Result<IncrementalPlan>> {
  const { changes } = answer.plan;
  const decisions = desired.root.has('decisions') ? await decisionFiles(workspace.git, commit) : success([]);
  if (!decisions.ok) {
    return decisions;
  }
  const completed = await completedPlan(workspace, changes, {
    catalogCommit: tip,
    desiredCommit: commit,
    policy: answer.policy.spec,
    decisions: decisions.value,
    load: async (own) => {
      const identities = own.map(({ resource }) => resource);
      const loaded = await loadForPlan({ ...input, table }, identities);
      if (loaded === undefined) {
        throw new TypeError('a plan was made of objects that cannot be read any more');
      }
      const resources = [...loaded.desired.resources.values()].flatMap((byName) => [...byName.values()]);
      return success({ resources, files: loaded.files });
    },
  });
  if (!completed.ok) {
    return completed;
  }
  const { validUntil, diagnostics } = completed.value;
  return success({
    table,
    answer: {
      ...answer,
      plan: { ...answer.plan, changes: completed.value.changes },
      diagnostics: [...answer.diagnostics, ...diagnostics],
      validUntil: earlier(answer.validUntil, validUntil),
    },
  });
}

function earlier(one: string | null, other: string | null): string | null {
  return one === null || (other !== null && other < one) ? other : one;
}

/** The plan of any desired state, a work tree included, with nothing remembered. */
export async function wholePlan(workspace: Workspace, choice: DesiredChoice): Promise<Result<PlanView>> {
  return wholeView(await planState(workspace, choice));
}

/** Policy of a commit; where it cannot be read, everything that is wrong with the desired state, which is remembered. */
export async function readPolicyOf({
  workspace,
  memos,
  commit,
  tree,
  desired,
}: Omit<PlannedCommits, 'tip' | 'catalog' | 'policy'>): Promise<Result<Policy>> {
  const policy = await readPolicy(workspace.git, desired, await loadKinds());
  if (policy !== undefined) {
    return success(policy);
  }
  const whole = await readDesiredState(workspace, { ref: commit });
  if (!whole.ok) {
    await rememberFailure(memos, { tree, catalog: null, policy: null, diagnostics: whole.diagnostics });
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
  const { documents, entries } = fresh.table;
  const wanted = documents
    .rowsWith('kind', imageKind)
    .map((row) => [documents.cell('name', row), documents.cell('version', row)] as const);
  const activeBelow = (start: string) =>
    entries
      .entries('folder')
      .flatMap(([row, folder]) =>
        folder.startsWith(start)
          ? [[entries.cell('name', row), entries.cell('active', row) || null] as const]
          : [],
      );
  const lists = documents.rowsWith('kind', allowListKindName).map((row) => documents.cell('name', row));
  return {
    resources: new Set(documents.entries('name').map(([, name]) => name)),
    wanted: new Map(wanted),
    active: new Map(activeBelow('images/')),
    allowLists: { wanted: new Set(lists), active: new Map(activeBelow('allow-lists/')) },
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
}: PlannedCommits): Promise<IncrementalInput & Pick<ReadTable, 'mark'>> {
  const [kinds, planners, clock, base, patch] = await Promise.all([
    loadKinds(),
    loadPlanners(),
    openClock(),
    memos.table.readBytes(),
    memos.tablePatch.readBytes(),
  ]);
  return {
    git: workspace.git,
    desired,
    catalogCommit: tip,
    catalog,
    kinds,
    planners,
    safeguardsOf: ({ name, spec }) => repositoryPolicy({ identity: { name }, spec }).safeguards,
    now: clock.now(),
    ...readTable(memos.fingerprint, { base, patch }),
  };
}

async function remember(
  { memos }: PlannedCommits,
  { table, answer }: IncrementalPlan,
  mark: string | undefined,
): Promise<void> {
  const { base, patch } = tableTexts(memos.fingerprint, table, mark);
  await Promise.all([
    base === undefined ? undefined : memos.table.write(base),
    patch === undefined ? undefined : memos.tablePatch.write(patch),
    memos.answer.write(answerText(memos.fingerprint, answer)),
  ]);
}

/** A finding that another try may not have is not remembered. */
async function rememberFailure(
  { answer, fingerprint }: PlanMemos,
  failed: Omit<FailedAnswer, 'status'>,
): Promise<void> {
  if (failed.diagnostics.every(({ place }) => place !== undefined)) {
    await answer.write(answerText(fingerprint, { status: 'failed', ...failed }));
  }
}

function wholeState({ workspace, commit, tip }: PlannedCommits) {
  return planState(workspace, { ref: commit, catalogCommit: tip });
}
