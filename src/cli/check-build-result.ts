import type { CommitId } from '../adapters/git/git.ts';
import { recordedResource } from '../engine/build/build-plan.ts';
import type { BuildResult, ChangeResult } from '../model/build-result.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Change } from '../model/plan.ts';
import { identityText, type ResolvedResource } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { OpenedDesired } from './plan-view.ts';

/**
 * Whether a result is one of the plan that it names: the plan is made again from the same two commits, and each change,
 * its inputs and its spec must be the same (SK3208). So a host that builds can say what it made, not what was wanted.
 */
export async function checkBuildResult(
  result: BuildResult,
  desired: OpenedDesired,
): Promise<Result<undefined>> {
  const view = await desired.plan(result.plan.catalogCommit as CommitId | null);
  const state = view.ok ? await view.value.load() : view;
  if (!state.ok || !view.ok) {
    return state.ok ? failure(...(view.ok ? [] : view.diagnostics)) : state;
  }
  const { resources } = state.value.desired;
  const changes = new Map(
    view.value.made.plan.changes.map((change) => [identityText(change.resource), change]),
  );
  const different = result.changes.filter((each) => {
    const { kind, name } = each.change.resource;
    return !isPlanned(each, changes.get(identityText({ kind, name })), resources.get(kind)?.get(name));
  });
  return different.length > 0
    ? failure(
        ...different.map(({ change }) =>
          notPlanned(identityText(change.resource), result.plan.desiredCommit),
        ),
      )
    : success(undefined);
}

function isPlanned(
  { change, resource }: ChangeResult,
  planned: Change | undefined,
  wanted: ResolvedResource | undefined,
): boolean {
  return (
    planned !== undefined &&
    canonicalJson(boundPart(change)) === canonicalJson(boundPart(planned)) &&
    canonicalJson(resource) === canonicalJson(wanted === undefined ? null : recordedResource(wanted))
  );
}

function boundPart({ resource, type, conditionalOn, from, to, inputs, digest }: Change) {
  return { resource, type, conditionalOn, from, to, inputs, digest };
}

function notPlanned(name: string, commit: string | null): Diagnostic {
  return {
    code: 'SK3208',
    severity: 'error',
    message: `the result for ${name} does not belong to the plan of commit ${commit?.slice(0, 12) ?? '(none)'}`,
    hint: 'build again from that commit, with the same version of sandkiln; give the result folder unchanged',
    failure: 'stalled',
  };
}
