import type { VerifiedHead } from '../../adapters/enforcer/live-enforcer.ts';
import { entriesOf } from '../../allow-list/effective-set.ts';
import { entriesInForce } from '../../allow-list/entries-in-force.ts';
import { isInScope, type ScopeChoice } from '../../allow-list/scope.ts';
import { openClock, type Workspace } from '../../compose.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { AllowListRevision } from '../../model/allow-list-record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { verifyFound } from '../verify-found.ts';
import { openList, splitListName } from './open-list.ts';

/** A list as it may be put in force: from a catalog that verifies. */
export interface VerifiedEntries {
  readonly revision: AllowListRevision;
  /** In scope, and not expired now. */
  readonly entries: readonly AllowEntry[];
  /** The head of the catalog, whose age says which of two is the newer. */
  readonly head: VerifiedHead;
}

/** The entries of a list's revision for a scope, in force now, from a catalog that verifies. */
export async function verifiedEntries(
  workspace: Workspace,
  argument: string,
  scope: ScopeChoice,
): Promise<Result<VerifiedEntries>> {
  const split = splitListName(argument);
  if (!split.ok) {
    return split;
  }
  const verified = await verifyFound(workspace, {});
  if (!verified.ok) {
    return verified;
  }
  const { head, sound } = verified.value.summary;
  if (!sound || head === null) {
    return failure(...verified.value.findings);
  }
  const list = await openList(workspace, split.value.name);
  if (!list.ok) {
    return list;
  }
  const revision = await list.value.revision(split.value.revision);
  if (!revision.ok) {
    return revision;
  }
  const text = await list.value.setText(revision.value);
  if (!text.ok) {
    return text;
  }
  const now = (await openClock()).now().toISOString();
  const entries = entriesInForce(entriesOf(text.value), now).filter((entry) => isInScope(entry, scope));
  return success({ revision: revision.value, entries, head });
}
