import { openStores, type Workspace } from '../compose.ts';
import { type Verification, verifyCatalog } from '../engine/verify/verify-catalog.ts';
import { type Result, success } from '../model/result.ts';
import { findCatalog } from './find-catalog.ts';
import { verifiedPrefixMemo } from './verified-prefix-memo.ts';

/**
 * Verifies the catalog of a revision, by default the newest one that this clone knows, from the host's pin. `artifacts`
 * reads the store as well; `full` walks the whole history.
 */
export async function verifyFound(
  workspace: Workspace,
  options: { readonly revision?: string | undefined; readonly artifacts?: boolean; readonly full?: boolean },
): Promise<Result<Verification>> {
  const { git, host } = workspace;
  const found = await findCatalog(workspace, options.revision);
  if (!found.ok) {
    return found;
  }
  const { commit, desiredTip, branch } = found.value;
  const verification = await verifyCatalog({
    git,
    commit,
    ...(desiredTip === undefined ? {} : { desiredTip }),
    now: new Date(),
    ...(host.trustPin === undefined ? {} : { pinnedTrust: host.trustPin }),
    ...(options.artifacts === true ? { store: (await openStores(host)).store } : {}),
    ...(options.full === true ? {} : await verifiedPrefixMemo(workspace, branch)),
  });
  return success(verification);
}
