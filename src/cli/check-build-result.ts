import type { CommitId, GitRepository } from '../adapters/git/git.ts';
import { recordedResource } from '../engine/build/build-plan.ts';
import type { ResultBlobs } from '../kinds/sandbox-image-spec/check-image-blobs.ts';
import type { BuildResult, ChangeResult } from '../model/build-result.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { digestOfJson } from '../model/digest.ts';
import type { Change } from '../model/plan.ts';
import { identityText, type ResolvedResource } from '../model/resource.ts';
import { failure, type Result } from '../model/result.ts';
import { checkOutcomes } from './check-outcomes.ts';
import { exitCodeOf, exitCodes } from './exit-code.ts';
import type { PlannedState } from './loaded-state.ts';
import type { OpenedDesired } from './plan-view.ts';
import type { CatalogTarget } from './target-branch.ts';
import { engineVersion } from './version.ts';

/** What a result is held against. */
export interface RecordingHost {
  readonly git: GitRepository;
  readonly target: CatalogTarget;
  /** The desired state that the result names. */
  readonly desired: OpenedDesired;
  readonly blobs: ResultBlobs;
  readonly now: Date;
}

/** Clocks of two hosts may differ by this. */
const clockSkewMs = 5 * 60_000;

/**
 * Whether a result is one of the plan that it names. The plan is made again from the same two commits, which must be of
 * this repository's own branches, and each change, its inputs and its spec must be the same (SK3208); what forbids to
 * carry the plan out forbids to record it. Then what is said of the outcomes is held against the plan and the blobs
 * (SK3209). So a host that builds can say what it made, not what was wanted.
 */
export async function checkBuildResult(
  result: BuildResult,
  { git, target, desired, blobs, now }: RecordingHost,
): Promise<Result<undefined>> {
  const foreign =
    originProblem(result, now) ??
    (await desiredProblem(result, git, desired)) ??
    (await catalogProblem(result, git, target));
  if (foreign !== undefined) {
    return failure(notPlanned(`the result ${foreign}`, result));
  }
  const view = await desired.plan(result.plan.catalogCommit as CommitId | null);
  if (!view.ok) {
    return view;
  }
  const { plan, diagnostics } = view.value.made;
  if (exitCodeOf(diagnostics) !== exitCodes.ok) {
    return failure(...diagnostics);
  }
  const state = await view.value.load();
  if (!state.ok) {
    return state;
  }
  const different = changeProblems(result, plan.changes, state.value);
  return different.length > 0
    ? failure(...different.map((problem) => notPlanned(problem, result)))
    : checkOutcomes(result, plan, state.value, blobs);
}

/** Another version of the program may make another plan of the same commits. */
function originProblem(result: BuildResult, now: Date): string | undefined {
  const version = engineVersion();
  if (result.engineVersion !== version) {
    return `was built by sandkiln ${JSON.stringify(result.engineVersion)}, and this is ${version}`;
  }
  const [, date = '', time = ''] = /^(\d{8})T(\d{6})Z-/.exec(result.run) ?? [];
  const began = `${date}${time}`;
  const [started, finished] = [result.startedAt, result.finishedAt].map((at) =>
    at.replaceAll(/\D/g, '').slice(0, 14),
  );
  return began > (started ?? '') ||
    Date.parse(result.startedAt) > Date.parse(result.finishedAt) ||
    Date.parse(result.finishedAt) > now.getTime() + clockSkewMs
    ? `has times that do not follow each other: ${began}, ${started}, ${finished}`
    : undefined;
}

/** Nobody gets anything signed by a commit that is not part of what is checked out here. */
async function desiredProblem(
  { plan }: BuildResult,
  git: GitRepository,
  { commit }: OpenedDesired,
): Promise<string | undefined> {
  const head = await git.resolveCommit('HEAD');
  return plan.desiredCommit === commit && head.ok && (await isPartOf(git, commit, head.value))
    ? undefined
    : 'is of a commit that is not part of HEAD here (git pull, if the build had a newer one)';
}

/** The catalog that the plan started from is, or was, that of the branch or of an open proposal. */
async function catalogProblem(
  { plan }: BuildResult,
  git: GitRepository,
  { tip, catalog }: CatalogTarget,
): Promise<string | undefined> {
  const started = plan.catalogCommit as CommitId | null;
  for (const known of [tip, catalog]) {
    if (started === null || (known !== undefined && (await isPartOf(git, started, known)))) {
      return undefined;
    }
  }
  return 'starts from a catalog that is not of this branch';
}

async function isPartOf(git: GitRepository, commit: CommitId, tip: CommitId): Promise<boolean> {
  return commit === tip || git.isAncestor(commit, tip);
}

/** The changes of the result are changes of the plan, with the same inputs and specs, and none is hidden. */
function changeProblems(
  { plan, changes }: BuildResult,
  planned: readonly Change[],
  { desired: { resources } }: PlannedState,
): readonly string[] {
  const wanted = new Map(planned.map((change) => [identityText(change.resource), change]));
  const tried = plan.changes.filter(({ resource }) => wanted.get(identityText(resource))?.stalled === null);
  const isWhole =
    plan.digest === digestOfJson(plan.changes.map(({ digest }) => digest)) &&
    canonicalJson(tried.map(identityOf)) === canonicalJson(changes.map(({ change }) => identityOf(change))) &&
    new Set(plan.changes.map(identityOf)).size === plan.changes.length;
  const different = [
    ...plan.changes.filter((change) => !isSameChange(change, wanted.get(identityOf(change)))),
    ...changes
      .filter(({ change, resource }) => {
        const { kind, name } = change.resource;
        return (
          !isSameChange(change, wanted.get(identityOf(change))) ||
          !isSameResource(resource, resources.get(kind)?.get(name))
        );
      })
      .map(({ change }) => change),
  ].map(identityOf);
  return [
    ...(isWhole ? [] : ['the changes are not those of the plan that the result names']),
    ...[...new Set(different)].map((name) => `the result for ${name} is of another change`),
  ];
}

function identityOf({ resource }: Change): string {
  return identityText(resource);
}

function isSameChange(change: Change, planned: Change | undefined): boolean {
  return planned !== undefined && canonicalJson(boundPart(change)) === canonicalJson(boundPart(planned));
}

function isSameResource(told: ChangeResult['resource'], wanted: ResolvedResource | undefined): boolean {
  return canonicalJson(told) === canonicalJson(wanted === undefined ? null : recordedResource(wanted));
}

function boundPart({ resource, type, conditionalOn, from, to, inputs, digest }: Change) {
  return { resource, type, conditionalOn, from, to, inputs, digest };
}

function notPlanned(problem: string, { plan }: BuildResult): Diagnostic {
  return {
    code: 'SK3208',
    severity: 'error',
    message: `this is no result of the plan of commit ${plan.desiredCommit?.slice(0, 12) ?? '(none)'}: ${problem}`,
    hint: 'build again from that commit, with the same version of sandkiln; give the result folder unchanged',
    failure: 'stalled',
  };
}
