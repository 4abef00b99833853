import type { CommitId } from '../../adapters/git/git.ts';
import type { Store } from '../../adapters/store/store.ts';
import { shownText } from '../../allow-list/shown-text.ts';
import { openStores, type Workspace } from '../../compose.ts';
import {
  allowListsFolder,
  isResourceName,
  isRevision,
  parseCatalogPath,
} from '../../engine/catalog/paths.ts';
import {
  readAllowListState,
  readCurrentRevision,
  readRevision,
  readSetText,
} from '../../engine/catalog/read-allow-list.ts';
import type { AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { suggest } from '../../model/suggest.ts';
import { findCatalog } from '../find-catalog.ts';
import { readDesiredState } from '../loaded-state.ts';
import { unattested } from '../unattested.ts';
import { wrongOption } from '../wrong-option.ts';

/** An allow-list of the newest catalog that this clone knows. */
export interface OpenedList {
  readonly commit: CommitId;
  readonly state: AllowListState;
  /** The newest one where none is named. */
  revision(number?: number): Promise<Result<AllowListRevision>>;
  setText(revision: AllowListRevision): Promise<Result<string>>;
  readonly store: Pick<Store, 'has' | 'readSmall'>;
}

/** Finds a list; SK9048 where the catalog has none of that name, with the names that it has. */
export async function openList(workspace: Workspace, name: string): Promise<Result<OpenedList>> {
  const { git, host } = workspace;
  const found = await findCatalog(workspace, undefined);
  if (!found.ok) {
    return found;
  }
  const { commit } = found.value;
  const state = isResourceName(name) ? await readAllowListState(git, commit, name) : success(undefined);
  if (!state.ok) {
    return state;
  }
  if (state.value === undefined) {
    return unknownList(workspace, commit, name);
  }
  const { store } = await openStores(host);
  const known = state.value;
  return success({
    commit,
    state: known,
    store,
    async revision(number = known.revision) {
      if (number > known.revision) {
        return failure({
          ...wrongOption('revision', String(number), `the number of a revision from 1 to ${known.revision}`),
          message: `the allow-list ${name} has no revision ${number}`,
        });
      }
      const read =
        number === known.revision
          ? await readCurrentRevision(git, commit, known)
          : await readRevision(git, commit, name, number);
      const problems = read.ok ? await unattested(workspace, commit, read.value) : read.diagnostics;
      return read.ok && problems.length === 0 ? success(read.value.revision) : failure(...problems);
    },
    setText: (revision) => readSetText(git, store, commit, revision),
  });
}

/** A revision as people write it: `12`, `r12` or `@12`; SK9023 for anything else. */
export function parseRevisionNumber(text: string): Result<number> {
  const number = Number(/^[r@]?([1-9][0-9]{0,5})$/.exec(text)?.[1]);
  return isRevision(number)
    ? success(number)
    : failure({
        ...wrongOption('revision', text, 'the number of a revision: 12'),
        message: `${JSON.stringify(text)} is not the number of a revision`,
      });
}

/** `lab-egress@12`: a list at a revision; without one, at the newest. */
export function splitListName(
  text: string,
): Result<{ readonly name: string; readonly revision: number | undefined }> {
  const at = text.indexOf('@');
  if (at === -1) {
    return success({ name: text, revision: undefined });
  }
  const revision = parseRevisionNumber(text.slice(at + 1));
  return revision.ok ? success({ name: text.slice(0, at), revision: revision.value }) : revision;
}

async function unknownList(workspace: Workspace, commit: CommitId, name: string): Promise<Result<never>> {
  const rows = await workspace.git.listTree(commit, [allowListsFolder]);
  const names = (rows.ok ? rows.value : []).flatMap(({ path }) => {
    const place = parseCatalogPath(path);
    return place?.holds === 'allow-list-state' ? [place.name] : [];
  });
  const described = await readDesiredState(workspace, { worktree: workspace.git.workTree !== undefined });
  const spec = described.ok ? described.value.desired.resources.get('AllowList')?.get(name) : undefined;
  const meant = suggest(name, names);
  return failure({
    code: 'SK9048',
    severity: 'error',
    message: `the catalog has no allow-list ${shownText(name)}`,
    hint:
      spec !== undefined
        ? `${spec.file} describes it: commit that, and run \`sandkiln reconcile\``
        : meant !== undefined
          ? `did you mean ${meant}?`
          : names.length === 0
            ? 'write one below specs/allow-lists/, commit it, and run `sandkiln reconcile`'
            : `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' …' : ''}`,
  });
}
