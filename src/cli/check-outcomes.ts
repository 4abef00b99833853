import { outcomeOf } from '../engine/execute/outcome.ts';
import { checkImageBlobs, type ResultBlobs } from '../kinds/sandbox-image-spec/check-image-blobs.ts';
import { type CheckedImage, checkImageResult } from '../kinds/sandbox-image-spec/check-image-result.ts';
import type { Action, ActionId, ActionResult } from '../model/action.ts';
import type { BuildResult, ChangeResult } from '../model/build-result.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Plan } from '../model/plan.ts';
import { identityText } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { PlannedState } from './loaded-state.ts';
import { plannedActions } from './planned-actions.ts';

const imageKind = 'SandboxImageSpec';

/**
 * Holds what a build says of its outcomes against the actions that the plan asks for, against itself and against the
 * blobs that it names: SK3209 for each contradiction. The changes themselves have been checked before.
 */
export async function checkOutcomes(
  result: BuildResult,
  plan: Plan,
  state: PlannedState,
  blobs: ResultBlobs,
): Promise<Result<undefined>> {
  const tried = new Map(result.changes.map((each) => [identityText(each.change.resource), each]));
  const changes = plan.changes.filter(({ resource }) => tried.has(identityText(resource)));
  const actions = await plannedActions(state, { ...plan, changes });
  if (!actions.ok) {
    return actions;
  }
  const byChange = Map.groupBy(actions.value, ({ resource }) => identityText(resource));
  const strays = [...tried].filter(([identity, change]) => !hasActions(change, byChange.get(identity) ?? []));
  if (strays.length > 0) {
    return failure(
      ...strays.map(([identity]) => contradiction(`the actions of ${identity} are not those of the plan`)),
    );
  }
  const problems = result.outcome === outcomeToldBy(result, actions.value) ? [] : ['the run ended otherwise'];
  const checked = new Map<string, CheckedImage>();
  for (const [identity, change] of tried) {
    const image = imageIn(identity, change);
    const inside =
      image?.evidence === undefined || image.problems.length > 0
        ? success([])
        : await checkImageBlobs(change, image.evidence, blobs);
    if (!inside.ok) {
      return inside;
    }
    problems.push(...[...(image?.problems ?? []), ...inside.value].map((each) => `${identity}: ${each}`));
  }
  return problems.length > 0 ? failure(...problems.map(contradiction)) : success(undefined);

  /** Parents first: children are held against what these were published with. */
  function imageIn(identity: string, change: ChangeResult): CheckedImage | undefined {
    const { kind } = change.change.resource;
    if (kind !== imageKind || checked.has(identity)) {
      return checked.get(identity);
    }
    const parentIdentity = identityText({ kind, name: String(change.resource?.spec['from']) });
    const parent = tried.get(parentIdentity);
    const image = checkImageResult(change, {
      actions: byChange.get(identity) ?? [],
      parentLineage: parent === undefined ? undefined : imageIn(parentIdentity, parent)?.lineage,
    });
    checked.set(identity, image);
    return image;
  }
}

function hasActions({ actions }: ChangeResult, expected: readonly Action[]): boolean {
  return canonicalJson(Object.keys(actions).sort()) === canonicalJson(expected.map(({ id }) => id).sort());
}

function outcomeToldBy({ changes }: BuildResult, actions: readonly Action[]): BuildResult['outcome'] {
  const told: Readonly<Record<ActionId, ActionResult>> = Object.assign(
    {},
    ...changes.map((change) => change.actions),
  );
  const results = new Map(
    actions.flatMap(({ id }) => {
      const result = told[id];
      return result === undefined ? [] : [[id, result] as const];
    }),
  );
  return outcomeOf(new Map(actions.map((action) => [action.id, action])), results);
}

function contradiction(problem: string): Diagnostic {
  return {
    code: 'SK3209',
    severity: 'error',
    message: `the result of the build contradicts itself or its plan: ${problem}`,
    hint: 'build again, and give the result folder unchanged; if this comes again, look at the host that built',
    failure: 'stalled',
  };
}
