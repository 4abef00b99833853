import type { OutputFormat } from '../../adapters/packer/packer.ts';
import type { PipelineContext, PipelineOfKind } from '../../engine/pipeline.ts';
import { type Action, type ActionId, actionId, type EffectClass } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import { isDigest } from '../../model/digest.ts';
import type { Change } from '../../model/plan.ts';
import type { Ancestor, SandboxImage } from '../../model/record.ts';
import type { ResourceIdentity } from '../../model/resource.ts';
import type { BootstrapInput } from '../../stages/bootstrap.ts';
import { customiseInput } from '../../stages/customise/customise-input.ts';
import type { LockInput } from '../../stages/lock.ts';
import type { PackInput } from '../../stages/pack.ts';
import type { PrepareInput } from '../../stages/prepare.ts';
import type { PublishInput } from '../../stages/publish.ts';
import type { ScanInput } from '../../stages/scan.ts';
import { smokeActionInput, smokeTiers } from '../../stages/smoke/smoke-input.ts';
import { asJson } from '../../stages/stage-input.ts';
import { isOnlyRevision } from './bound-list.ts';
import { specVersionOf } from './image-plan.ts';
import { builderSpec, foldedEpoch, packageRequest } from './package-request.ts';
import { type ResolvedImage, resolvedImage } from './resolved-image.ts';

/** Scratch space is asked for in these: generous guesses decide only between memory and disk. */
const gibibyte = 2 ** 30;

/** Image: prepare → lock → bootstrap → customise → pack, smoke, scan → publish. */
export const imagePipeline: PipelineOfKind = { kind: 'SandboxImageSpec', actions: imageActions };

function imageActions(change: Change, context: PipelineContext): readonly Action[] {
  const { name } = change.resource;
  const resource = context.resource(change.resource.kind, name);
  if (change.type === 'retire' || resource === undefined || isOnlyRevision(change)) {
    return [];
  }
  const spec = resolvedImage(resource);
  const builder = collectActions(change.resource, spec);
  const prepare = spec.from === undefined ? undefined : addPrepare(builder, spec.from, change, context);
  const afterPrepare = prepare === undefined ? [] : [prepare];
  const request = packageRequest(spec, null);
  const lock =
    request === undefined ? undefined : addLock(builder, request, spec, change, afterPrepare, context);
  const built = builderSpec(spec);
  const bootstrap =
    built === undefined
      ? undefined
      : builder.add('bootstrap', {
          needs: lock === undefined ? afterPrepare : [lock, ...afterPrepare],
          input: asJson<BootstrapInput>({
            builder: spec.builder,
            spec: built,
            sourceDateEpoch: foldedEpoch(spec.builder, built),
          }),
          uses: { disk: 3 * gibibyte, memory: spec.limits.memoryBytes },
          cpus: spec.limits.cpus,
          expectedMs: 20_000,
        });
  const customise = builder.add('customise', {
    needs: bootstrap === undefined ? afterPrepare : [bootstrap],
    input: asJson(customiseInput(name, spec, context.files)),
    uses: { disk: gibibyte },
    expectedMs: 2_000,
  });
  const packs = packGroups(spec.outputs).map((outputs) =>
    builder.add('pack', {
      part: outputs.join('+'),
      needs: outputs.includes('oci') ? [customise, ...afterPrepare] : [customise],
      input: asJson<PackInput>({
        outputs,
        image: { name, architecture: spec.os.architecture },
        disk: { ...spec.disk, kernelCommandLine: spec.hardening.kernelCommandLine ?? [] },
      }),
      uses: { disk: 3 * gibibyte },
      expectedMs: 4_000,
    }),
  );
  const disk = packs.filter((id) => /:(?:raw|qcow2)/.test(id));
  const smokes = smokeTiers(spec).map((tier) =>
    builder.add('smoke', {
      part: `${tier}`,
      needs: tier === 0 ? [customise] : [customise, ...disk],
      input: asJson(smokeActionInput(tier, spec)),
      uses: { cpu: 1, memory: tier === 0 ? 0 : spec.run.memoryBytes, disk: tier === 0 ? 0 : gibibyte },
      expectedMs: [500, 4_000, 20_000, 25_000][tier] ?? 0,
    }),
  );
  const active = context.active.get(name);
  const scan = builder.add('scan', {
    needs: lock === undefined ? [customise] : [customise, lock],
    input: asJson<ScanInput>({
      image: name,
      previousTreeBytes: active?.tree.sizeBytes ?? null,
      budgetBytes: spec.sizeBudgetBytes,
    }),
    expectedMs: 1_500,
  });
  builder.add('publish', {
    effect: 'effect',
    needs: [customise, ...packs, ...smokes, scan, ...afterPrepare, ...(lock === undefined ? [] : [lock])],
    input: asJson<PublishInput>({ image: name, specVersion: spec.version }),
    expectedMs: 1_000,
  });
  return builder.actions;
}

/** Collects the actions of one image; each gets the limits of its spec. */
interface ActionCollector {
  readonly actions: readonly Action[];
  add(stage: string, rest: CollectedAction): ActionId;
}

interface CollectedAction extends Pick<Action, 'needs' | 'input' | 'uses' | 'cpus'> {
  readonly part?: string;
  readonly effect?: EffectClass;
  readonly expectedMs: number;
}

function collectActions(resource: ResourceIdentity, { limits }: ResolvedImage): ActionCollector {
  const actions: Action[] = [];
  return {
    actions,
    add(stage, { part, effect, ...fields }) {
      const id = actionId(resource, stage, part);
      const { stopAfterMs: timeoutMs, warnAfterMs } = limits;
      actions.push({ id, resource, stage, effect: effect ?? 'pure', timeoutMs, warnAfterMs, ...fields });
      return id;
    },
  };
}

function addPrepare(
  builder: ActionCollector,
  parent: string,
  change: Change,
  context: PipelineContext,
): ActionId {
  const { kind } = change.resource;
  const image = context.active.get(parent);
  const conditional = change.conditionalOn !== null;
  const before = context.active.get(change.resource.name)?.inputs.parent?.tree ?? null;
  return builder.add('prepare', {
    effect: 'effect',
    // Left out where the parent does not change in this run.
    needs: [actionId({ kind, name: parent }, 'publish')],
    input: asJson<PrepareInput>({
      parent,
      lineage: image === undefined ? null : lineageOf(image),
      indexes: context.locks.get(parent)?.indexes ?? null,
      unlessParentTree: conditional ? before : null,
    }),
    expectedMs: 1_000,
  });
}

function addLock(
  builder: ActionCollector,
  request: LockInput['request'],
  spec: ResolvedImage,
  change: Change,
  needs: readonly ActionId[],
  context: PipelineContext,
): ActionId {
  const { kind, name } = change.resource;
  // Another builder's indexes say nothing to this one.
  const hasSameBuilder = context.active.get(name)?.builder.name === spec.builder;
  const active = hasSameBuilder ? context.locks.get(name) : undefined;
  const parent = spec.from === undefined ? undefined : context.resource(kind, spec.from);
  const kept = isDigest(change.inputs['lock']) ? (active ?? null) : null;
  const indexes = active?.indexes ?? null;
  return builder.add('lock', {
    // Against the newest indexes it is not a function of its input.
    effect: kept !== null || indexes !== null ? 'pure' : 'effect',
    needs,
    input: asJson<LockInput>({
      builder: spec.builder,
      request,
      lock: kept,
      indexes,
      followsParent: parent !== undefined && resolvedImage(parent).builder === spec.builder,
    }),
    expectedMs: 6_000,
  });
}

/** What the children of an image stand on: its lineage and itself; nothing where it publishes no tree. */
function lineageOf(image: SandboxImage): readonly Ancestor[] | null {
  const archive = image.artifacts.find((artifact) => artifact.format === 'rootfs');
  if (archive === undefined) {
    return null;
  }
  const { name, version, tree, sourceDateEpoch, lineage } = image;
  const blob: { digest: Digest; sizeBytes: number } = {
    digest: archive.digest,
    sizeBytes: archive.sizeBytes,
  };
  return [...lineage, { name, specVersion: specVersionOf(version), tree, archive: blob, sourceDateEpoch }];
}

/** Outputs that one packer makes in one go stand together: raw and qcow2 share the file system. */
function packGroups(outputs: readonly OutputFormat[]): readonly (readonly OutputFormat[])[] {
  const disk = outputs.filter((output) => output === 'raw' || output === 'qcow2');
  const others = outputs.filter((output) => output !== 'raw' && output !== 'qcow2').map((output) => [output]);
  return disk.length === 0 ? others : [[...disk].sort(), ...others];
}
