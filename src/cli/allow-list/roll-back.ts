import type { CommitId } from '../../adapters/git/git.ts';
import { openClock, type Workspace } from '../../compose.ts';
import { rollbackTrailer } from '../../engine/record/rollback-trailer.ts';
import { entryFiles } from '../../kinds/allow-list/allow-list-inputs.ts';
import { allowListKindName } from '../../kinds/allow-list/kind-name.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { type DesiredState, readDesiredState } from '../loaded-state.ts';
import { jsonText } from '../render/json-text.ts';
import { openList, parseRevisionNumber } from './open-list.ts';

/**
 * Proposes to edit a list back to what it was when a revision was made: its document and the files that it named then, as
 * one commit on a branch of its own, pushed where there is a remote. Lists that it takes in are left as they are. SK9045
 * where the desired state of that time has no such list, SK9046 where nothing differs, SK9047 where the branch is there.
 */
export async function rollBack(
  invocation: Invocation,
  workspace: Workspace,
  [name = '', wanted = '']: readonly string[],
): Promise<Result<string>> {
  const { git, host } = workspace;
  const list = await openList(workspace, name);
  const number = list.ok ? parseRevisionNumber(wanted) : list;
  const revision = list.ok && number.ok ? await list.value.revision(number.value) : undefined;
  if (!list.ok || !number.ok || revision?.ok !== true) {
    return failure(
      ...(list.ok ? [] : list.diagnostics),
      ...(number.ok || !list.ok ? [] : number.diagnostics),
      ...(revision?.ok === false ? revision.diagnostics : []),
    );
  }
  const then = await readDesiredState(workspace, { ref: revision.value.desiredCommit });
  if (!then.ok) {
    return then;
  }
  const now = await readDesiredState(workspace, {});
  if (!now.ok) {
    return now;
  }
  const changes = await changesBack(workspace, name, then.value, now.value);
  if (!changes.ok) {
    return changes;
  }
  const trailer = `${rollbackTrailer}: ${name}@${revision.value.revision}`;
  const commit = await git.writeCommit({
    parent: now.value.commit ?? undefined,
    changes: changes.value,
    message: `Roll ${name} back to revision ${revision.value.revision}\n\n${trailer}\n`,
    author: host.author,
    at: Math.floor((await openClock()).now().getTime() / 1000),
  });
  if (!commit.ok || commit.value === undefined) {
    return commit.ok ? nothingDiffers(name, revision.value.revision) : commit;
  }
  const remote = invocation.flag('no-remote')
    ? undefined
    : (invocation.text('remote') ?? (await git.defaultRemote()));
  const branch = invocation.text('branch') ?? `sandkiln/rollback/${name}-${revision.value.revision}`;
  return propose(invocation, workspace, { remote, branch, commit: commit.value, list: name });
}

async function changesBack(
  { git }: Workspace,
  name: string,
  then: DesiredState,
  now: DesiredState,
): Promise<Result<ReadonlyMap<string, Uint8Array>>> {
  const [old, current] = [listOf(then, name), listOf(now, name)];
  if (old === undefined || then.commit === null) {
    return failure({
      code: 'SK9045',
      severity: 'error',
      message: `the desired state of that revision has no list ${name}`,
      hint: 'choose a revision that was made from a spec; see `sandkiln allow-list blame` and `git log`',
    });
  }
  const changes = new Map<string, Uint8Array>();
  const paths = [[old.file, current?.file ?? old.file], ...entryFiles(old).map((path) => [path, path])];
  for (const [from = '', to = ''] of paths) {
    const bytes = await fileAt(git, then.commit, from);
    if (!bytes.ok) {
      return bytes;
    }
    changes.set(to, bytes.value);
  }
  return success(changes);
}

function listOf({ desired }: DesiredState, name: string): ResolvedResource | undefined {
  return desired.resources.get(allowListKindName)?.get(name);
}

async function fileAt(git: Workspace['git'], commit: CommitId, path: string): Promise<Result<Uint8Array>> {
  const id = await git.objectAt(commit, path);
  return id === undefined
    ? failure({
        code: 'SK2035',
        severity: 'error',
        message: `${path} is not in commit ${commit.slice(0, 12)}`,
        hint: 'choose another revision',
      })
    : git.readBlob(id, 64 * 1024 * 1024);
}

async function propose(
  invocation: Invocation,
  { git }: Workspace,
  {
    remote,
    branch,
    commit,
    list,
  }: {
    readonly remote: string | undefined;
    readonly branch: string;
    readonly commit: CommitId;
    readonly list: string;
  },
): Promise<Result<string>> {
  const reference = `refs/heads/${branch}`;
  const moved = await git.updateReferences(remote, [{ reference, expected: undefined, next: commit }], {
    signal: invocation.signal,
  });
  if (!moved.ok) {
    return moved;
  }
  if (moved.value.status === 'raced') {
    return failure({
      code: 'SK9047',
      severity: 'error',
      message: `the branch ${branch} is there already${remote === undefined ? '' : ` at ${remote}`}`,
      hint: 'merge or remove it, or give another name with --branch',
    });
  }
  return success(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, list, branch, commit, remote: remote ?? null })
      : `${branch} ${commit.slice(0, 12)}${remote === undefined ? '' : ` is pushed to ${remote}`}: review and merge it; the next reconcile then makes a new revision of ${list}\n`,
  );
}

function nothingDiffers(name: string, revision: number): Result<never> {
  return failure({
    code: 'SK9046',
    severity: 'error',
    message: `the spec of ${name} and its files are what they were at revision ${revision}`,
    hint: 'what differs in the entries in force comes from expiry, from lists that it takes in, or from sandkiln.yaml',
  });
}
