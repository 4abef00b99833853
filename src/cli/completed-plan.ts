import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import { loadContentsOfKinds, openClock, openStores, type Workspace } from '../compose.ts';
import { type Decisions, decisionsAt, noDecisions } from '../engine/decisions/decisions.ts';
import type { DecisionSource } from '../engine/decisions/read-decisions.ts';
import { type CompletedPlan, completePlan } from '../engine/plan/complete-plan.ts';
import type { DetailContext } from '../engine/plan/contents.ts';
import { readTrustFiles } from '../engine/trust/read-trust.ts';
import { verifyTrustChain } from '../engine/trust/verify-trust-chain.ts';
import type { Change } from '../model/plan.ts';
import type { ResolvedResource } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import { unattested } from './unattested.ts';

/** What changes are completed from: loaded when some change asks for it. */
export interface PlanContents {
  /** The commits whose trust says which decisions count: the catalog's, else the desired state's own. */
  readonly catalogCommit: CommitId | undefined;
  readonly desiredCommit: CommitId | null;
  readonly policy: DetailContext['policy'];
  readonly decisions: readonly DecisionSource[];
  load(changes: readonly Change[]): Promise<Result<LoadedContents>>;
}

export interface LoadedContents {
  readonly resources: readonly ResolvedResource[];
  readonly files: ReadonlyMap<string, { bytes(): Promise<Result<Uint8Array>> }>;
}

/** A plan with contents and decisions; `validUntil` is when a decision ends. */
export async function completedPlan(
  workspace: Workspace,
  changes: readonly Change[],
  contents: PlanContents,
): Promise<Result<CompletedPlan & { readonly validUntil: string | null }>> {
  const kinds = await loadContentsOfKinds(
    changes.map(({ resource }) => resource.kind),
    workspace,
  );
  const decisions = await decisionsOf(workspace, contents);
  if (!decisions.ok) {
    return decisions;
  }
  const own = changes.filter(({ resource }) => kinds.some(({ kind }) => kind === resource.kind));
  const loaded = own.length === 0 ? undefined : await contents.load(own);
  if (loaded?.ok === false) {
    return loaded;
  }
  const completed = await completePlan(
    { changes },
    kinds,
    async ({ kind }) =>
      success({
        ...contentsContext(loaded?.value, kind, contents.policy),
        git: workspace.git,
        catalogCommit: contents.catalogCommit,
        store: (await openStores(workspace.host)).store,
        unattested: (revision) =>
          contents.catalogCommit === undefined
            ? Promise.resolve([])
            : unattested(workspace, contents.catalogCommit, revision),
        decisions: decisions.value,
        now: (await openClock()).now(),
      }),
    decisions.value,
  );
  return completed.ok ? success({ ...completed.value, validUntil: decisions.value.validUntil }) : completed;
}

/** The resources of a kind and the files that they name. */
export function contentsContext(
  loaded: LoadedContents | undefined,
  kind: string,
  policy: DetailContext['policy'],
): Pick<DetailContext, 'resources' | 'policy' | 'file'> {
  return {
    resources: (loaded?.resources ?? []).filter(({ identity }) => identity.kind === kind),
    policy,
    async file(path) {
      const file = loaded?.files.get(path);
      return file === undefined ? failure(notNamed(path)) : file.bytes();
    },
  };
}

/** The decisions that count now. */
export async function decisionsOf(
  { git, host }: Workspace,
  {
    catalogCommit,
    desiredCommit,
    decisions,
  }: Pick<PlanContents, 'catalogCommit' | 'desiredCommit' | 'decisions'>,
): Promise<Result<Decisions>> {
  if (decisions.length === 0) {
    return success(noDecisions);
  }
  const { readDecisions } = await import('../engine/decisions/read-decisions.ts');
  const judge = catalogCommit ?? desiredCommit ?? undefined;
  const files =
    judge === undefined ? success(new Map<number, Uint8Array>()) : await readTrustFiles(git, judge);
  if (!files.ok) {
    return files;
  }
  const trust = files.value.size === 0 ? undefined : verifyTrustChain(files.value, host.trustPin);
  if (trust?.ok === false) {
    return trust;
  }
  const read = await readDecisions(decisions, trust?.value.latest);
  return read.ok ? success(decisionsAt(read.value, (await openClock()).now())) : read;
}

const decisionLimitBytes = 64 * 1024;

/** The decision files of a commit. */
export async function decisionFiles(
  git: GitRepository,
  commit: CommitId,
): Promise<Result<readonly DecisionSource[]>> {
  const rows = await git.listTree(commit, ['decisions']);
  return rows.ok
    ? success(rows.value.map(({ path, id }) => ({ path, bytes: () => git.readBlob(id, decisionLimitBytes) })))
    : rows;
}

function notNamed(path: string) {
  return {
    code: 'SK2035',
    severity: 'error',
    message: `${path} is not among the files that specs name`,
    hint: 'this is a bug of sandkiln: please report it',
  } as const;
}
