import { join } from 'node:path';
import {
  type BuildEngine,
  createBuildEngine,
  loadPipelines,
  openScratch,
  openStores,
  type Workspace,
} from '../compose.ts';
import { isDocument } from '../engine/attest/document-formats.ts';
import { execute } from '../engine/execute/execute.ts';
import { buildGraph } from '../engine/graph/build-graph.ts';
import { pipelineActions } from '../engine/pipeline.ts';
import { fileDigests } from '../engine/plan/named-files.ts';
import { repositoryPolicy } from '../kinds/repository/repository.ts';
import type { ActionResult, StageOutput } from '../model/action.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Digest } from '../model/digest.ts';
import type { JsonObject } from '../model/json.ts';
import type { Change } from '../model/plan.ts';
import type { SandboxImage } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import { asJson } from '../stages/stage-input.ts';
import { firstDifference } from '../tree/compare-trees.ts';
import { readTree } from '../tree/read-tree.ts';
import type { Invocation } from './command.ts';
import { readFoundCatalog } from './find-catalog.ts';
import { findImage } from './find-image.ts';
import { type PlannedState, planState } from './loaded-state.ts';
import { createRedactor } from './redact-secrets.ts';
import { chooseRenderer } from './render/choose-renderer.ts';
import { cacheNamedFiles } from './run-build.ts';
import { newRunId } from './run-identity.ts';

export interface RebuildComparison {
  /** Name and version. */
  readonly image: string;
  readonly rows: readonly {
    readonly name: string;
    readonly recorded: Digest;
    readonly rebuilt: Digest | null;
  }[];
  /** Path and what differs there; null where the trees are equal or the recorded one is not there any more. */
  readonly firstDifference: string | null;
}

/** Stages whose output is compared; tests and publishing are left out. */
const rebuiltStages = ['prepare', 'lock', 'bootstrap', 'customise', 'pack'];

/**
 * Builds a recorded image again from its commit and its lock: empty cache, other scratch folder, umask, time zone and
 * locale. Needs the packages in the store, or a mirror that still has them. `report` is told what could not be cleaned up.
 */
export async function rebuildAndCompare(
  invocation: Invocation,
  workspace: Workspace,
  name: string,
  report: (diagnostic: Diagnostic) => void,
): Promise<Result<RebuildComparison>> {
  const catalog = await readFoundCatalog(workspace);
  const image = catalog.ok ? await findImage(catalog.value, name) : catalog;
  if (!image.ok) {
    return image;
  }
  const state = await planState(workspace, { ref: image.value.desiredCommit });
  if (!state.ok) {
    return state;
  }
  // It holds a whole cache, which is too much for memory.
  const folder = await (await openScratch(workspace, report)).create('rebuild', undefined);
  if (!folder.ok) {
    return folder;
  }
  await using _ = folder.value;
  return await rebuildIn(folder.value.path, invocation, workspace, state.value, image.value, report);
}

async function rebuildIn(
  folder: string,
  invocation: Invocation,
  workspace: Workspace,
  state: PlannedState,
  image: SandboxImage,
  report: (diagnostic: Diagnostic) => void,
): Promise<Result<RebuildComparison>> {
  process.umask(0o077);
  const elsewhere = { ...workspace, host: { ...workspace.host, cacheFolder: join(folder, 'cache') } };
  const engine = await createBuildEngine(
    elsewhere,
    { mirror: repositoryPolicy(state.desired.repository).mirror, scratchFolder: folder },
    report,
  );
  const actions = await rebuildActions(state, image);
  if (!actions.ok) {
    return actions;
  }
  const files = await cacheNamedFiles(state, engine);
  const graph = files.ok ? buildGraph(actions.value) : files;
  if (!graph.ok) {
    return graph;
  }
  const run = newRunId(engine.clock.now());
  const journal = await engine.journal.open(run);
  if (!journal.ok) {
    return journal;
  }
  const renderer = await chooseRenderer({ ...invocation, output: 'text' }, actions.value);
  const { results } = await execute(graph.value, {
    ...engine,
    run,
    platform: engine.host.platform,
    salt: '',
    limits: { cpu: engine.host.cpus },
    failFast: true,
    journal: journal.value,
    redact: createRedactor(invocation.environment),
    emit: renderer.emit,
    signal: invocation.signal,
  });
  await renderer.end();
  await journal.value.close();
  const failed = [...results.values()].flatMap((result) =>
    result.status === 'failed' ? result.diagnostics : [],
  );
  if (failed.length > 0) {
    return failure(...failed);
  }
  return compare(image, [...results.values()], engine, workspace);
}

/** The actions that made the image, with the lock and the parent that its record names. */
async function rebuildActions(state: PlannedState, image: SandboxImage) {
  const { catalog } = state;
  const lock = await catalog.lock(image.name, image.version);
  if (!lock.ok) {
    return lock;
  }
  const active = new Map([[image.name, image]]);
  const locks = new Map(lock.value === undefined ? [] : [[image.name, lock.value]]);
  const { parent } = image.inputs;
  if (parent !== null) {
    const parentImage = await catalog.image(parent.name, parent.version);
    if (!parentImage.ok) {
      return parentImage;
    }
    active.set(parent.name, parentImage.value);
  }
  const resource = { kind: 'SandboxImageSpec', name: image.name };
  const change: Change = {
    resource,
    type: 'rebuild',
    conditionalOn: null,
    from: image.version,
    to: image.version,
    inputs: inputsOf(image),
    reasons: [],
    digest: image.tree.digest,
    stalled: null,
  };
  const plan = { ...state.made.plan, changes: [change] };
  const context = {
    plan,
    resource: (kind: string, other: string) => state.desired.resources.get(kind)?.get(other),
    active,
    locks,
    files: fileDigests(state.files),
  };
  const all = pipelineActions(context, await loadPipelines());
  return success(all.filter((action) => rebuiltStages.includes(action.stage)));
}

function inputsOf({ inputs }: SandboxImage): JsonObject {
  return asJson(inputs);
}

async function compare(
  image: SandboxImage,
  results: readonly ActionResult[],
  engine: BuildEngine,
  workspace: Workspace,
): Promise<Result<RebuildComparison>> {
  const outputs = results.flatMap((result): readonly StageOutput[] =>
    result.status === 'succeeded' ? [result.output] : [],
  );
  const rebuilt = new Map(
    outputs.flatMap((output) => Object.entries(output.blobs).map(([name, blob]) => [name, blob.digest])),
  );
  const tree = outputs.filter((output) => output.blobs['tree'] !== undefined).at(-1)?.blobs['tree']?.digest;
  const artifacts = image.artifacts.filter((artifact) => !isDocument(artifact));
  const rows = [
    { name: 'tree', recorded: image.tree.digest, rebuilt: tree ?? null },
    ...artifacts.map(({ name, digest }) => ({ name, recorded: digest, rebuilt: rebuilt.get(name) ?? null })),
  ];
  const difference =
    tree === undefined || tree === image.tree.digest
      ? null
      : await treeDifference(image, tree, engine, workspace);
  return success({ image: `${image.name} ${image.version}`, rows, firstDifference: difference });
}

/** The recorded tree is only in the cache, so this may not be known any more. */
async function treeDifference(
  image: SandboxImage,
  rebuilt: Digest,
  engine: BuildEngine,
  { host }: Workspace,
): Promise<string | null> {
  const recordedCache = (await openStores(host)).cache;
  if ((await recordedCache.has([image.tree.digest])).size === 0) {
    return null;
  }
  const left = await readTree(recordedCache.pathOf(image.tree.digest));
  const right = await readTree(engine.cache.pathOf(rebuilt));
  const difference = left.ok && right.ok ? firstDifference(left.value, right.value) : undefined;
  return difference === undefined ? null : `/${difference.path}: ${difference.what}`;
}
