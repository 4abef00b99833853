import type { CommitId } from '../adapters/git/git.ts';
import { loadKinds, loadPlanners, openClock, type Workspace } from '../compose.ts';
import { type CatalogView, loadCatalogView } from '../engine/catalog/catalog-view.ts';
import { type Catalog, type CatalogRecords, readCatalog } from '../engine/catalog/read-catalog.ts';
import { loadDesired } from '../engine/desired/load-desired.ts';
import type { Desired } from '../engine/desired/resolve-desired.ts';
import { type MadePlan, makePlan } from '../engine/plan/make-plan.ts';
import { fileDigests, readNamedFiles } from '../engine/plan/named-files.ts';
import { readSource } from '../engine/source/read-source.ts';
import { readWorktreeSource } from '../engine/source/read-worktree-source.ts';
import { documentLimitBytes, type NamedFile, type SourceTree } from '../engine/source/source-tree.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { ResolvedResource } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import { catalogTip } from './catalog-tip.ts';
import { completedPlan } from './completed-plan.ts';

/** Which desired state a command looks at. */
export interface DesiredChoice {
  /** A commit; default HEAD. */
  readonly ref?: string | undefined;
  /** The work tree with its uncommitted edits instead. */
  readonly worktree?: boolean;
}

export interface DesiredState {
  readonly source: SourceTree;
  readonly desired: Desired;
  /** Every resolved resource, sorted by kind and name. */
  readonly resources: readonly ResolvedResource[];
  readonly commit: CommitId | null;
}

/** A plan with the resources and records that it speaks of, or with all of them. */
export interface PlannedState extends Omit<DesiredState, 'source'> {
  readonly catalog: CatalogRecords;
  readonly view: CatalogView;
  readonly files: ReadonlyMap<string, Pick<NamedFile, 'digest' | 'bytes'>>;
  readonly made: MadePlan;
}

/** The same with everything that the two commits hold. */
export interface WholeState extends PlannedState {
  readonly catalog: Catalog;
}

export async function readDesiredState(
  { git }: Workspace,
  choice: DesiredChoice,
): Promise<Result<DesiredState>> {
  const source =
    choice.worktree === true ? await readWorktreeSource(git) : await sourceOfCommit(git, choice.ref);
  if (!source.ok) {
    return source;
  }
  const desired = await loadDesired(source.value, await loadKinds());
  if (!desired.ok) {
    return desired;
  }
  const resources = [...desired.value.resources.values()].flatMap((byName) => [...byName.values()]);
  return success({ source: source.value, desired: desired.value, resources, commit: source.value.commit });
}

async function sourceOfCommit(git: Workspace['git'], ref: string | undefined): Promise<Result<SourceTree>> {
  const commit = await git.resolveCommit(ref ?? 'HEAD');
  return commit.ok ? readSource(git, commit.value) : commit;
}

/** Desired state, catalog, and the plan between them, with nothing remembered. */
export async function planState(
  workspace: Workspace,
  choice: DesiredChoice & { readonly catalogCommit?: CommitId | undefined },
): Promise<Result<WholeState>> {
  const state = await readDesiredState(workspace, choice);
  if (!state.ok) {
    return state;
  }
  const { repository } = state.value.desired;
  const policy = { name: repository.identity.name, spec: repository.spec };
  const tip = 'catalogCommit' in choice ? choice.catalogCommit : await catalogTip(workspace.git, policy);
  const [files, catalog] = await Promise.all([
    readNamedFiles(state.value.source, state.value.resources),
    readCatalog(workspace.git, tip),
  ]);
  if (!files.ok || !catalog.ok) {
    return failure(...(files.ok ? [] : files.diagnostics), ...(catalog.ok ? [] : catalog.diagnostics));
  }
  const view = await loadCatalogView(catalog.value);
  if (!view.ok) {
    return view;
  }
  const made = makePlan(
    {
      desiredCommit: state.value.commit,
      catalogCommit: tip ?? null,
      resources: state.value.resources,
      files: fileDigests(files.value),
      catalog: view.value,
      safeguards: repositoryPolicy(state.value.desired.repository).safeguards,
      policy: state.value.desired.repository.spec,
      now: (await openClock()).now(),
    },
    await loadPlanners(),
  );
  const { source, resources, commit } = state.value;
  const completed = await completedPlan(workspace, made.plan.changes, {
    catalogCommit: tip,
    desiredCommit: commit,
    policy: repository.spec,
    decisions: source.files
      .filter(({ path }) => path.startsWith('decisions/'))
      .map(({ path }) => ({ path, bytes: () => source.read(path, documentLimitBytes) })),
    load: async () => success({ resources, files: files.value }),
  });
  return completed.ok
    ? success({
        ...state.value,
        catalog: catalog.value,
        view: view.value,
        files: files.value,
        made: {
          plan: { ...made.plan, changes: completed.value.changes },
          diagnostics: [...made.diagnostics, ...completed.value.diagnostics],
        },
      })
    : completed;
}
