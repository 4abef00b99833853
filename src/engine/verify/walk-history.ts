import type { CommitId, GitCommit, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Result, success } from '../../model/result.ts';

/** One commit of the line that carries the catalog. */
export interface HistoryStep {
  readonly commit: GitCommit;
  /** Tree of `catalog/`; absent where there is none. */
  readonly catalog: ObjectId | undefined;
  /** Tree of `trust/`. */
  readonly trust: ObjectId | undefined;
  /**
   * Set on a merge that took its catalog from another parent than the first: the first parent's catalog, which must
   * then stand further back on the line, or the merge has dropped it.
   */
  readonly leftBehind?: ObjectId;
}

/** The line, oldest commit first. */
export interface History {
  /** The remembered commit, where the line leads to it; its own step is not in `steps`. */
  readonly base: HistoryStep | undefined;
  readonly steps: readonly HistoryStep[];
  /** Why the line begins where it does, where that is neither the root nor `until`; `base` is then the oldest commit read. */
  readonly gap: readonly Diagnostic[];
}

/**
 * Follows first parents from `tip` to the root or to `until`. A merge that has the catalog of another parent and not
 * that of the first is followed there: that is what `git pull` makes of local commits on top of an older catalog.
 * Where an object on the way cannot be read, the line begins after it.
 */
export async function walkHistory(
  git: GitObjects,
  tip: CommitId,
  until: CommitId | undefined,
): Promise<History> {
  const steps: HistoryStep[] = [];
  let next: CommitId | undefined = tip;
  while (next !== undefined) {
    const read = await readStep(git, next);
    if (!read.ok) {
      const base = steps.pop();
      return { base, steps: steps.reverse(), gap: read.diagnostics };
    }
    if (next === until) {
      return { base: read.value, steps: steps.reverse(), gap: [] };
    }
    const followed = await followedParent(git, read.value);
    if (!followed.ok) {
      return { base: read.value, steps: steps.reverse(), gap: followed.diagnostics };
    }
    steps.push({
      ...read.value,
      ...(followed.value.leftBehind && { leftBehind: followed.value.leftBehind }),
    });
    next = followed.value.parent;
  }
  return { base: undefined, steps: steps.reverse(), gap: [] };
}

async function readStep(git: GitObjects, id: CommitId): Promise<Result<HistoryStep>> {
  const commit = await git.readCommit(id);
  if (!commit.ok) {
    return commit;
  }
  const rows = await git.readFolder(commit.value.tree);
  if (!rows.ok) {
    return rows;
  }
  const idOf = (name: string): ObjectId | undefined => rows.value.find((row) => row.name === name)?.id;
  return success({ commit: commit.value, catalog: idOf('catalog'), trust: idOf('trust') });
}

async function followedParent(
  git: GitObjects,
  step: HistoryStep,
): Promise<Result<{ readonly parent: CommitId | undefined; readonly leftBehind?: ObjectId }>> {
  const [first, ...others] = step.commit.parents;
  if (first === undefined || others.length === 0) {
    return success({ parent: first });
  }
  const own = await readStep(git, first);
  if (!own.ok || own.value.catalog === step.catalog) {
    return own.ok ? success({ parent: first }) : own;
  }
  for (const other of others) {
    const read = await readStep(git, other);
    if (!read.ok) {
      return read;
    }
    if (read.value.catalog === step.catalog) {
      return success({ parent: other, ...(own.value.catalog && { leftBehind: own.value.catalog }) });
    }
  }
  return success({ parent: first });
}
