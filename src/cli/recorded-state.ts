import type { CommitId } from '../adapters/git/git.ts';
import type { Workspace } from '../compose.ts';
import { fileDigests } from '../engine/plan/named-files.ts';
import type { RecordedState } from '../engine/record/recorder.ts';
import type { BuildResult } from '../model/build-result.ts';
import { type Result, success } from '../model/result.ts';
import { contentsContext, decisionFiles, decisionsOf } from './completed-plan.ts';
import { openDesired } from './open-plan.ts';

/** The desired state that a build was made of, read from its commit: what records say of it comes from here alone. */
export async function recordedState(
  workspace: Workspace,
  build: BuildResult,
): Promise<Result<RecordedState>> {
  const desiredCommit = build.plan.desiredCommit as CommitId;
  const catalogCommit = (build.plan.catalogCommit ?? undefined) as CommitId | undefined;
  const desired = await openDesired(workspace, desiredCommit);
  const view = desired.ok ? await desired.value.plan(catalogCommit ?? null) : desired;
  const state = view.ok ? await view.value.load() : view;
  if (!state.ok) {
    return state;
  }
  const sources = await decisionFiles(workspace.git, desiredCommit);
  const decisions = sources.ok
    ? await decisionsOf(workspace, { catalogCommit, desiredCommit, decisions: sources.value })
    : sources;
  if (!decisions.ok) {
    return decisions;
  }
  const { resources, files, desired: loaded } = state.value;
  const policy = loaded.repository.spec;
  return success({
    resources: (kind) => contentsContext({ resources, files }, kind, policy).resources,
    policy,
    files: fileDigests(files),
    file: contentsContext({ resources, files }, '', policy).file,
    decisions: decisions.value,
  });
}

/** Asks once, and gives the same answer from then on. */
export function onceLoaded<Value>(load: () => Promise<Value>): () => Promise<Value> {
  let loaded: Promise<Value> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
