import { readAllowListState } from '../../engine/catalog/read-allow-list.ts';
import type {
  CatalogPart,
  CatalogSource,
  PartialPlanContext,
  PlanContext,
  PlannedKind,
  PlannedSome,
  Planner,
  RetirementContext,
} from '../../engine/plan/planner.ts';
import type { AllowListInputs, AllowListState } from '../../model/allow-list-record.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { changeDigest } from '../../model/change-digest.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints, type JsonObject } from '../../model/json.ts';
import type { Change, ChangeType, Reason } from '../../model/plan.ts';
import { identityText, type ResolvedResource, type ResourceIdentity } from '../../model/resource.ts';
import { type Result, success } from '../../model/result.ts';
import { alwaysDenyPolicyOf, joinInputs, ownInputs } from './allow-list-inputs.ts';
import { includedNames, includesFirst } from './included-lists.ts';
import { allowListKindName } from './kind-name.ts';

/** The changes of all allow-lists: what is new, what has other inputs, what has expired, what no spec names any more. */
export const allowListPlanner: Planner = {
  kind: allowListKindName,
  catalogFolder: 'allow-lists',
  readsPolicy: true,
  readCatalog,
  plan: planLists,
  planSome: planSomeLists,
  planRetirements: retirements,
};

async function readCatalog(
  { git, commit }: CatalogSource,
  names: readonly string[],
): Promise<Result<CatalogPart>> {
  const states = new Map<string, AllowListState>();
  for (const name of names) {
    const state = await readAllowListState(git, commit, name);
    if (!state.ok) {
      return state;
    }
    if (state.value !== undefined) {
      states.set(name, state.value);
    }
  }
  return success({
    active: new Map([...states].map(([name, state]) => [name, activeRevision(state)])),
    view: { allowLists: states },
  });
}

function planLists(context: PlanContext): PlannedKind {
  const { changes } = planSomeLists(context);
  const desired = new Set(context.resources.map(({ identity }) => identity.name));
  const states = [...context.catalog.allowLists];
  const active = states.flatMap(([name, state]) => {
    const revision = activeRevision(state);
    return revision === null ? [] : [[name, revision] as const];
  });
  const retired = retirements({
    orphans: new Map(active.filter(([name]) => !desired.has(name))),
    activeCount: active.length,
    safeguards: context.safeguards,
  });
  return {
    changes: [...changes.values(), ...retired.changes].sort((left, right) =>
      compareCodePoints(left.resource.name, right.resource.name),
    ),
    unchanged: context.resources.length - changes.size,
    diagnostics: retired.diagnostics,
  };
}

function planSomeLists(context: PartialPlanContext): PlannedSome {
  const changes = new Map<string, Change>();
  const validUntil = new Map<string, string>();
  const inputsOf = new Map<string, AllowListInputs>();
  for (const resource of includesFirst(context.resources)) {
    const { name } = resource.identity;
    const state = context.catalog.allowLists.get(name);
    const inputs = inputsOfList(resource, inputsOf, context);
    inputsOf.set(name, inputs);
    const change = planList(resource, state, inputs, context.now);
    if (change !== undefined) {
      changes.set(name, change);
    } else if (state?.validUntil != null) {
      validUntil.set(name, new Date(state.validUntil).toISOString());
    }
  }
  return { changes, validUntil };
}

/** A list that is not planned in this go has the inputs of its change, or else those of its last revision. */
function inputsOfList(
  resource: ResolvedResource,
  planned: ReadonlyMap<string, AllowListInputs>,
  { earlier, catalog, files, policy }: PartialPlanContext,
): AllowListInputs {
  const included = includedNames(resource).flatMap((name) => {
    const change = earlier.get(identityText({ kind: allowListKindName, name }));
    // Written by this planner.
    const changed = change?.inputs as AllowListInputs | undefined;
    return planned.get(name) ?? changed ?? catalog.allowLists.get(name)?.inputs ?? [];
  });
  return joinInputs(ownInputs(resource, files, alwaysDenyPolicyOf(policy)), included);
}

function planList(
  resource: ResolvedResource,
  state: AllowListState | undefined,
  inputs: AllowListInputs,
  now: Date,
): Change | undefined {
  if (state === undefined) {
    const missing = { text: 'not in the catalog', place: { file: resource.file } };
    return changeOf(resource.identity, 'create', undefined, { ...inputs }, [missing]);
  }
  const before = state.inputs;
  if (before === null || canonicalJson(before) !== canonicalJson(inputs)) {
    return changeOf(resource.identity, 'revise', state, { ...inputs }, inputReasons(before, inputs));
  }
  const { validUntil } = state;
  return validUntil !== null && Date.parse(validUntil) <= now.getTime()
    ? changeOf(resource.identity, 'expire', state, { ...inputs, expired: validUntil }, [
        { text: `entries expired at ${validUntil}` },
      ])
    : undefined;
}

/** Lists that are still in force and that no spec describes. More of them than the safeguard allows stop the plan. */
function retirements({
  orphans,
  activeCount,
  safeguards,
}: RetirementContext): Omit<PlannedKind, 'unchanged'> {
  const changes = [...orphans]
    .map(([name, revision]) =>
      changeOf({ kind: allowListKindName, name }, 'retire', { revision: Number(revision) }, {}, [
        { text: 'no spec names it any more' },
      ]),
    )
    .sort((left, right) => compareCodePoints(left.resource.name, right.resource.name));
  const percent = activeCount === 0 ? 0 : (100 * changes.length) / activeCount;
  // A single list is guarded by the decision that its retirement needs.
  const isTooMany = changes.length > 1 && percent > safeguards.maxRetirePercent;
  return { changes, diagnostics: isTooMany ? [overSafeguard(changes, activeCount, safeguards)] : [] };
}

function changeOf(
  resource: ResourceIdentity,
  type: ChangeType,
  state: Pick<AllowListState, 'revision'> | undefined,
  inputs: JsonObject,
  reasons: readonly Reason[],
): Change {
  const from = state === undefined ? null : String(state.revision);
  return {
    resource,
    type,
    conditionalOn: null,
    from,
    to: type === 'retire' ? null : String((state?.revision ?? 0) + 1),
    inputs,
    reasons,
    digest: changeDigest(resource, from, inputs),
    stalled: null,
  };
}

function inputReasons(before: AllowListInputs | null, after: AllowListInputs): readonly Reason[] {
  if (before === null) {
    return [{ text: 'described again' }];
  }
  const differing = (field: 'specs' | 'files', what: string) => {
    const [olds, news] = [before, after].map((inputs) => new Map(Object.entries(inputs[field])));
    return [...new Set([...(olds?.keys() ?? []), ...(news?.keys() ?? [])])]
      .filter((name) => olds?.get(name) !== news?.get(name))
      .sort(compareCodePoints)
      .map((name) => ({ text: `${what} ${name}: ${howDiffers(olds?.get(name), news?.get(name))}` }));
  };
  return [
    ...differing('specs', 'list'),
    ...differing('files', 'file'),
    ...(before.alwaysDeny === after.alwaysDeny
      ? []
      : [{ text: 'sandkiln.yaml: other destinations are always denied' }]),
  ];
}

function howDiffers(before: string | undefined, after: string | undefined): string {
  return before === undefined ? 'taken in' : after === undefined ? 'no longer taken in' : 'other content';
}

function activeRevision({ inputs, revision }: AllowListState): string | null {
  return inputs === null ? null : String(revision);
}

function overSafeguard(
  changes: readonly Change[],
  active: number,
  { maxRetirePercent }: { readonly maxRetirePercent: number },
): Diagnostic {
  const names = changes.map((change) => change.resource.name);
  return {
    code: 'SK3401',
    severity: 'error',
    message: `the plan retires ${changes.length} of ${active} allow-lists (${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}), more than the safeguard of ${maxRetirePercent} % allows`,
    hint: 'bring the specs back, or raise spec.safeguards.maxRetirePercent in sandkiln.yaml in the same commit',
    failure: 'stalled',
  };
}
