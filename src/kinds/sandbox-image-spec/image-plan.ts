import { fieldReasons } from '../../engine/plan/field-reasons.ts';
import type {
  PartialPlanContext,
  PlanContext,
  PlannedKind,
  PlannedSome,
  Planner,
} from '../../engine/plan/planner.ts';
import { changeDigest } from '../../model/change-digest.ts';
import type { JsonObject } from '../../model/json.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { Change, ChangeType, Reason } from '../../model/plan.ts';
import type { ImageState, SandboxImage } from '../../model/record.ts';
import { identityText, type ResolvedResource, type ResourceIdentity } from '../../model/resource.ts';
import { type BoundList, boundList, isOnlyRevision } from './bound-list.ts';
import { packageRequest, packageRequestDigest } from './package-request.ts';
import { parentsFirst } from './parents-first.ts';
import { readImages } from './read-images.ts';
import { resolvedImage } from './resolved-image.ts';
import { retirements } from './retirements.ts';

export const imageKind = 'SandboxImageSpec';

/** The changes of all images: what is new, what differs from its active record, what no spec names any more. */
export const imagePlanner: Planner = {
  kind: imageKind,
  catalogFolder: 'images',
  readsPolicy: false,
  readCatalog: readImages,
  plan: planImages,
  planSome: planSomeImages,
  planRetirements: retirements,
};

function planImages(context: PlanContext): PlannedKind {
  const { changes } = planSomeImages(context);
  const desired = new Set(context.resources.map((resource) => resource.identity.name));
  const orphans = [...context.catalog.active].flatMap(([name, { version }]) =>
    desired.has(name) ? [] : [[name, version] as const],
  );
  const retired = retirements({
    orphans: new Map(orphans),
    activeCount: context.catalog.active.size,
    safeguards: context.safeguards,
  });
  const all = [...changes.values(), ...retired.changes];
  return {
    changes: all.sort((left, right) => compareCodePoints(left.resource.name, right.resource.name)),
    unchanged: context.resources.length - changes.size,
    diagnostics: retired.diagnostics,
  };
}

function planSomeImages(context: PartialPlanContext): PlannedSome {
  const changes = new Map<string, Change>();
  const known = new Map(context.earlier);
  for (const resource of parentsFirst(context.resources)) {
    const change = planImage(resource, known, context);
    if (change !== undefined) {
      changes.set(resource.identity.name, change);
      known.set(identityText(resource.identity), change);
    }
  }
  return { changes, validUntil: new Map() };
}

function planImage(
  resource: ResolvedResource,
  earlier: ReadonlyMap<string, Change>,
  context: PartialPlanContext,
): Change | undefined {
  const { name } = resource.identity;
  const spec = resolvedImage(resource);
  const state = context.catalog.states.get(name);
  const active = context.catalog.active.get(name);
  const earlierChange =
    spec.from === undefined ? undefined : earlier.get(identityText({ kind: imageKind, name: spec.from }));
  // A parent that is not tried again, or keeps its tree for sure, stays as it is; where it never was, its children cannot
  // be tried either.
  const parentChange =
    earlierChange?.stalled === null && !isOnlyRevision(earlierChange) ? earlierChange : undefined;
  const withoutParent = earlierChange?.from === null ? earlierChange.stalled : null;
  const parent = spec.from === undefined ? null : parentInput(spec.from, context);
  const files = fileInputs(
    spec.files.map((file) => file.source),
    context,
  );
  const reasons =
    active === undefined || state === undefined ? [] : whatDiffers(resource, state, active, files, parent);

  if (active === undefined || state?.inputs === undefined || state.inputs === null) {
    return change('create', null, [{ text: 'not in the catalog', place: placeOfSpec(resource) }]);
  }
  const list =
    spec.allowList === undefined
      ? undefined
      : boundList(spec.allowList, state.inputs.allowList, earlier, context.catalog);
  const listReasons = list?.reasons ?? [];
  if (reasons.length > 0) {
    return change(spec.version === specVersionOf(active.version) ? 'rebuild' : 'supersede', null, [
      ...reasons,
      ...listReasons,
    ]);
  }
  if (parentChange !== undefined) {
    const condition = list?.isBehind === true ? null : parentChange.resource;
    const because = { text: `from ${spec.from}: its image changes` };
    return change('rebuild', condition, [because, ...listReasons]);
  }
  return list === undefined || listReasons.length === 0
    ? undefined
    : change('rebuild', list.isBehind ? null : (list.change?.resource ?? null), listReasons, list);

  function change(
    type: ChangeType,
    conditionalOn: ResourceIdentity | null,
    because: readonly Reason[],
    onlyList?: BoundList,
  ): Change {
    const request = packageRequest(spec, parent?.tree ?? null);
    const keepsLock =
      parentChange === undefined &&
      request !== undefined &&
      active?.packageRequest === packageRequestDigest(request);
    const inputs: JsonObject = {
      spec: resource.digest,
      files,
      lock: keepsLock ? active.inputs.lock : null,
      parent:
        parent === null
          ? null
          : parentChange === undefined
            ? { name: parent.name, tree: parent.tree }
            : { name: parent.name, tree: null, change: parentChange.digest },
      // What is built is bound to the revision of the moment in which it is recorded.
      ...(onlyList === undefined ? {} : { allowList: onlyList.input }),
    };
    const from = active?.version ?? null;
    const digest = changeDigest(resource.identity, from, inputs);
    const failed = state?.failure;
    return {
      resource: resource.identity,
      type,
      conditionalOn,
      from,
      to: spec.version,
      inputs,
      reasons: because,
      digest,
      stalled:
        failed != null && failed.changeDigest === digest
          ? { run: failed.run, diagnostics: failed.diagnostics }
          : withoutParent,
    };
  }
}

function whatDiffers(
  resource: ResolvedResource,
  state: ImageState,
  active: SandboxImage,
  files: Readonly<Record<string, string>>,
  parent: { readonly name: string; readonly tree: string | null } | null,
): readonly Reason[] {
  const inputs = state.inputs;
  if (inputs === null) {
    return [];
  }
  const fields = inputs.spec === resource.digest ? [] : fieldReasons(active.spec, active.origins, resource);
  const named = [...new Set([...Object.keys(inputs.files), ...Object.keys(files)])].sort(compareCodePoints);
  const changedFiles = named
    .filter(
      (path) =>
        inputs.files[path] !== undefined && files[path] !== undefined && inputs.files[path] !== files[path],
    )
    .map((path) => ({ text: `file ${path}: other content` }));
  const otherParent =
    inputs.parent !== null && parent !== null && parent.tree !== null && inputs.parent.tree !== parent.tree
      ? [{ text: `from ${parent.name}: its active image has another tree` }]
      : [];
  const found = [...fields, ...changedFiles, ...otherParent];
  // A field that went away and came back between two equal builds leaves the record's spec behind the inputs.
  return found.length === 0 && inputs.spec !== resource.digest
    ? [{ text: 'spec: differs from the last one checked' }]
    : found;
}

function parentInput(name: string, context: PartialPlanContext) {
  return { name, tree: context.catalog.active.get(name)?.tree.digest ?? null };
}

function fileInputs(
  paths: readonly (string | undefined)[],
  context: PartialPlanContext,
): Readonly<Record<string, string>> {
  const inputs: Record<string, string> = Object.create(null);
  for (const path of paths) {
    const digest = path === undefined ? undefined : context.files.get(path);
    if (path !== undefined && digest !== undefined) {
      inputs[path] = digest;
    }
  }
  return inputs;
}

function placeOfSpec(resource: ResolvedResource) {
  return { file: resource.file };
}

/** `1.2.0` of `1.2.0+3`. */
export function specVersionOf(version: string): string {
  const plus = version.lastIndexOf('+');
  return plus === -1 ? version : version.slice(0, plus);
}
