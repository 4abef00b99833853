import type { CommitId, GitFolderRow, GitRepository, ObjectId } from '../adapters/git/git.ts';
import { openClock, openPlanMemos, type Workspace } from '../compose.ts';
import { createPathReader } from '../engine/index/path-reader.ts';
import { answersFor, readAnswer } from '../engine/index/plan-answer.ts';
import { entryText } from '../engine/index/root-entries.ts';
import { failure, type Result, success } from '../model/result.ts';
import { catalogBranchOf, catalogNotHere, catalogTip } from './catalog-tip.ts';
import type { DesiredChoice } from './loaded-state.ts';
import { type OpenedDesired, type PlannedCommits, type PlanView, viewOf } from './plan-view.ts';
import type { Policy } from './policy.ts';
import { engineVersion } from './version.ts';

/** The plan that a command asks for. */
export async function planView(workspace: Workspace, choice: DesiredChoice): Promise<Result<PlanView>> {
  if (choice.worktree === true) {
    const { wholePlan } = await import('./fresh-plan.ts');
    return wholePlan(workspace, choice);
  }
  const opened = await openDesired(workspace, choice.ref);
  return opened.ok ? opened.value.plan() : opened;
}

/** Opens the desired state of a revision, default HEAD, with what is remembered of the last plan of this repository. */
export async function openDesired(
  workspace: Workspace,
  ref: string | undefined,
): Promise<Result<OpenedDesired>> {
  const { git } = workspace;
  const [root, memos] = await Promise.all([
    rootOf(git, ref ?? 'HEAD'),
    openPlanMemos(workspace, engineVersion()),
  ]);
  if (!root.ok) {
    return root;
  }
  const { commit, tree, rows } = root.value;
  const desired = createPathReader(git, rows);
  const answer = readAnswer(memos.fingerprint, await memos.answer.readBytes());
  let known: Policy | undefined =
    answer?.policy?.entry === entryText(desired.root.get('sandkiln.yaml')) ? answer.policy : undefined;
  return success({ commit, policy, plan });

  async function policy(): Promise<Result<Policy>> {
    if (answer?.status === 'failed' && answer.policy === null && answer.tree === tree) {
      return failure(...answer.diagnostics);
    }
    if (known === undefined) {
      const { readPolicyOf } = await import('./fresh-plan.ts');
      const read = await readPolicyOf({ workspace, memos, commit, tree, desired });
      if (!read.ok) {
        return read;
      }
      known = read.value;
    }
    return success(known);
  }

  async function plan(catalogCommit?: CommitId | null): Promise<Result<PlanView>> {
    const read = await policy();
    if (!read.ok) {
      return read;
    }
    const tip =
      catalogCommit === undefined ? await catalogTip(git, read.value) : (catalogCommit ?? undefined);
    const branch = catalogBranchOf(read.value);
    const view = await planFrom(tip, read.value);
    return view.ok && catalogCommit === undefined && tip === undefined && branch !== undefined
      ? success({ ...view.value, warnings: [...view.value.warnings, catalogNotHere(branch, 'warning')] })
      : view;
  }

  async function planFrom(tip: CommitId | undefined, own: Policy): Promise<Result<PlanView>> {
    const catalogRows = tip === undefined ? noRows : tip === commit ? root : await rootOf(git, tip);
    if (!catalogRows.ok) {
      return catalogRows;
    }
    const catalog = createPathReader(git, catalogRows.value.rows);
    const now = (await openClock()).now();
    const commits: PlannedCommits = { workspace, memos, commit, tree, desired, tip, catalog, policy: own };
    const asked = { tree, desired: desired.root, catalog: catalog.root, now };
    if (answer !== undefined && answersFor(answer, asked)) {
      if (answer.status === 'failed') {
        return failure(...answer.diagnostics);
      }
      return success(
        viewOf(commits, answer, {
          images: async () => (await import('./fresh-plan.ts')).knownImages(commits),
          load: async (made) => (await import('./fresh-plan.ts')).loadChanges(commits, made),
        }),
      );
    }
    const { freshPlan } = await import('./fresh-plan.ts');
    return freshPlan(commits);
  }
}

const noRows = success({ rows: [] });

async function rootOf(
  git: GitRepository,
  revision: string,
): Promise<
  Result<{ readonly commit: CommitId; readonly tree: ObjectId; readonly rows: readonly GitFolderRow[] }>
> {
  const commit = await git.resolveCommit(revision);
  const read = commit.ok ? await git.readCommit(commit.value) : commit;
  if (!read.ok) {
    return read;
  }
  const rows = await git.readFolder(read.value.tree);
  return rows.ok ? success({ commit: read.value.id, tree: read.value.tree, rows: rows.value }) : rows;
}
