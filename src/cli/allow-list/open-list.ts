import type { CommitId } from '../../adapters/git/git.ts';
import type { Store } from '../../adapters/store/store.ts';
import { shownText } from '../../allow-list/shown-text.ts';
import { openStores, type Workspace } from '../../compose.ts';
import { recordLimitBytes } from '../../engine/catalog/parse-record.ts';
import {
  allowListsFolder,
  isResourceName,
  isRevision,
  parseCatalogPath,
  revisionAttestationPath,
  revisionPath,
} from '../../engine/catalog/paths.ts';
import {
  type ReadRevision,
  readAllowListState,
  readCurrentRevision,
  readRevision,
  readSetText,
} from '../../engine/catalog/read-allow-list.ts';
import { readTrustFiles } from '../../engine/trust/read-trust.ts';
import { keysEverIn } from '../../engine/trust/trust.ts';
import { verifyTrustChain } from '../../engine/trust/verify-trust-chain.ts';
import { checkRevisionAttestation } from '../../engine/verify/check-revision-attestation.ts';
import type { AllowListRevision, AllowListState } from '../../model/allow-list-record.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { suggest } from '../../model/suggest.ts';
import { findCatalog } from '../find-catalog.ts';
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

/** Finds a list; SK9041 where the catalog has none of that name, with the names that it has. */
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

/** Why nobody who counts vouches for a revision; nothing where a builder signed exactly its bytes. */
async function unattested(
  { git, host }: Workspace,
  commit: CommitId,
  { revision, bytes }: ReadRevision,
): Promise<readonly Diagnostic[]> {
  const { name, revision: number } = revision;
  const blob = await git.objectAt(commit, revisionAttestationPath(name, number));
  const [attestation, files] = await Promise.all([
    blob === undefined ? success(undefined) : git.readBlob(blob, recordLimitBytes),
    readTrustFiles(git, commit),
  ]);
  const trust = files.ok ? verifyTrustChain(files.value, host.trustPin) : files;
  if (!attestation.ok || !trust.ok) {
    return trust.ok ? (attestation.ok ? [] : attestation.diagnostics) : trust.diagnostics;
  }
  const builders = keysEverIn(trust.value.versions, 'builder');
  const read = { file: revisionPath(name, number), bytes, revision };
  return checkRevisionAttestation(read, attestation.value, builders).findings;
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

async function unknownList({ git }: Workspace, commit: CommitId, name: string): Promise<Result<never>> {
  const rows = await git.listTree(commit, [allowListsFolder]);
  const names = (rows.ok ? rows.value : []).flatMap(({ path }) => {
    const place = parseCatalogPath(path);
    return place?.holds === 'allow-list-state' ? [place.name] : [];
  });
  const meant = suggest(name, names);
  return failure({
    code: 'SK9041',
    severity: 'error',
    message: `the catalog has no allow-list ${shownText(name)}`,
    hint:
      meant !== undefined
        ? `did you mean ${meant}?`
        : names.length === 0
          ? 'write one below specs/allow-lists/, commit it, and run `sandkiln reconcile`'
          : `there are ${names.slice(0, 10).join(', ')}${names.length > 10 ? ' …' : ''}`,
  });
}
