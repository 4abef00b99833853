import type { CommitId } from '../../adapters/git/git.ts';
import { type EffectiveSet, effectiveSet } from '../../allow-list/effective-set.ts';
import type { RecordContext, RecordedState, RecordTip } from '../../engine/record/recorder.ts';
import { rollsBack } from '../../engine/record/rollback-trailer.ts';
import type { AllowListInputs, AllowListState, RevisionCause } from '../../model/allow-list-record.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { VerifiedDecision } from '../../model/decision.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { type Result, success } from '../../model/result.ts';
import { notBefore } from './allow-list-contents.ts';
import { alwaysDenyPolicyOf, inputsKey, joinInputs, ownInputs } from './allow-list-inputs.ts';
import { withIncluded } from './included-lists.ts';
import { allowListFolder, allowListKindName } from './kind-name.ts';
import { createListReader, entriesOfSet } from './list-contents.ts';
import { inputPaths } from './list-paths.ts';
import type { ListSets } from './list-sets.ts';
import type { CurrentRevision, RevisionInput } from './next-revision.ts';
import { removalCommits } from './removal-commits.ts';

/**
 * What the next revision of a list is made of, from the commit of the desired state: a build says nothing about a list
 * that would be believed. Entries are read unless this process has made a set of the same inputs already.
 */
export async function revisionInput(
  tip: RecordTip,
  result: ChangeResult,
  desired: RecordedState,
  state: AllowListState | undefined,
  current: CurrentRevision | undefined,
  context: RecordContext,
  sets: ListSets,
): Promise<Result<RevisionInput>> {
  const { name } = result.change.resource;
  const lists = desired.resources(allowListKindName);
  const resource = lists.find(({ identity }) => identity.name === name);
  const createdAt = notBefore(context.now(), current?.revision.createdAt);
  const desiredCommit = context.build.plan.desiredCommit ?? '';
  const common = { name, current, createdAt, run: context.build.run, desiredCommit };
  const decision = desired.decisions.allowsEmpty(result.change.resource, result.change.digest);
  const decisions = namesOf(decision);
  if (resource === undefined || result.change.type === 'retire') {
    const cause = await causeOf('retirement', [allowListFolder], common, context, tip);
    return cause.ok
      ? success({ ...common, set: effectiveSet([]), inputs: null, cause: cause.value, decisions })
      : cause;
  }
  const byName = new Map(lists.map((list) => [list.identity.name, list]));
  const [own, ...included] = withIncluded(resource, byName).map((list) =>
    ownInputs(list, desired.files, alwaysDenyPolicyOf(desired.policy)),
  );
  if (own === undefined) {
    throw new TypeError('a list is part of itself');
  }
  const inputs = joinInputs(own, included);
  const type = result.change.type === 'expire' ? 'expiry' : 'commit';
  const paths = inputPaths(withIncluded(resource, byName), state?.inputs ?? undefined);
  const cause = await causeOf(type, paths, common, context, tip);
  if (!cause.ok) {
    return cause;
  }
  const set = await setAt(createdAt, resource, inputs, desired, sets);
  return set.ok ? success({ ...common, set: set.value, inputs, cause: cause.value, decisions }) : set;
}

async function setAt(
  createdAt: string,
  resource: ResolvedResource,
  inputs: AllowListInputs,
  desired: RecordedState,
  sets: ListSets,
): Promise<Result<EffectiveSet>> {
  const known = sets.known(inputsKey(inputs), createdAt);
  if (known !== undefined) {
    return success(known);
  }
  const resources = desired.resources(allowListKindName);
  const reader = createListReader({ resources, policy: desired.policy, file: desired.file });
  const contents = await reader.contents(resource);
  if (!contents.ok) {
    return contents;
  }
  const set = effectiveSet(entriesOfSet(contents.value, desired.policy, createdAt));
  // Whoever loses the race for a tip makes the revision again.
  sets.keep(inputsKey(inputs), createdAt, set);
  return success(set);
}

async function causeOf(
  type: RevisionCause['type'],
  paths: readonly string[],
  { name, current, desiredCommit }: Pick<RevisionInput, 'name' | 'current' | 'desiredCommit'>,
  { history }: RecordContext,
  { git }: RecordTip,
): Promise<Result<RevisionCause>> {
  if (type === 'expiry') {
    return success({ type, commits: [] });
  }
  const from = current?.revision.desiredCommit as CommitId | undefined;
  const commits = await history.commitsTouching({ from, to: desiredCommit as CommitId }, paths);
  if (!commits.ok) {
    return commits;
  }
  if (type === 'retirement') {
    return success({ type, commits: await removalCommits(name, commits.value, git) });
  }
  const isRollback = await someRollsBack(commits.value, name, git);
  return success({ type: isRollback ? 'rollback' : type, commits: commits.value });
}

const commitsLookedAt = 100;

async function someRollsBack(
  commits: readonly CommitId[],
  name: string,
  git: RecordTip['git'],
): Promise<boolean> {
  for (const id of commits.slice(-commitsLookedAt)) {
    const commit = await git.readCommit(id);
    if (commit.ok && rollsBack(commit.value.message, name)) {
      return true;
    }
  }
  return false;
}

function namesOf(decision: VerifiedDecision | undefined): readonly string[] {
  return decision === undefined ? [] : [decision.id];
}
