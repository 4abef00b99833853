import type { DiskShape, OutputFormat, PackedArtifact, Packer } from '../adapters/packer/packer.ts';
import type { Tools } from '../adapters/tools/tools.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import type { Digest } from '../model/digest.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';
import { readTree } from '../tree/read-tree.ts';
import type { Tree } from '../tree/tree.ts';
import { asJson, inputOf, neededBlob, neededData } from './stage-input.ts';
import { toolFingerprint } from './tool-fingerprint.ts';

export interface PackInput {
  readonly outputs: readonly OutputFormat[];
  readonly image: { readonly name: string; readonly architecture: string };
  readonly disk: DiskShape;
}

/** Makes outputs of one packer from the tree. Output: a blob an artifact, by its name; data `artifacts`. */
export function createPackStage(ports: {
  readonly packers: readonly Packer[];
  readonly tools: Tools;
}): Stage {
  return {
    name: 'pack',
    version: 1,
    effect: 'pure',
    fingerprint: (action) => {
      const input = inputOf<PackInput>(action);
      const packer = packerFor(input, ports.packers);
      // Node's own zlib decides the bytes of gzip layers.
      const environment = { packerVersion: packer.version, zlib: process.versions.zlib ?? '' };
      return toolFingerprint(ports.tools, packer.tools(input), environment);
    },
    run: (action, context) => pack(action, context, ports.packers),
  };
}

async function pack(
  action: Action,
  context: StageContext,
  packers: readonly Packer[],
): Promise<Result<StageOutput>> {
  const input = inputOf<PackInput>(action);
  const tree = await openTree(neededBlob(context, 'tree'), context);
  if (!tree.ok) {
    return tree;
  }
  const parents = await openAncestors(context);
  if (!parents.ok) {
    return parents;
  }
  const packed = await packerFor(input, packers).pack(
    {
      ...input,
      ...tree.value,
      parents: parents.value,
      sourceDateEpoch: neededData<number>(context, 'sourceDateEpoch') ?? 0,
    },
    context,
  );
  return packed.ok ? success(outputOf(packed.value)) : packed;
}

function packerFor(input: PackInput, packers: readonly Packer[]): Packer {
  const packer = packers.find((candidate) =>
    input.outputs.every((output) => candidate.outputs.includes(output)),
  );
  if (packer === undefined) {
    throw new TypeError(`no packer makes ${input.outputs.join(', ')} together`);
  }
  return packer;
}

interface OpenTree {
  readonly tree: Tree;
  readonly treePath: string;
  readonly treeDigest: Digest;
}

async function openTree(blob: BlobReference | undefined, context: StageContext): Promise<Result<OpenTree>> {
  if (blob === undefined) {
    throw new TypeError('pack needs a tree');
  }
  const treePath = context.cache.pathOf(blob.digest);
  const tree = await readTree(treePath);
  return tree.ok ? success({ tree: tree.value, treePath, treeDigest: blob.digest }) : tree;
}

/** Trees below this one, oldest first, where the action needs the output of `prepare`. */
async function openAncestors(context: StageContext): Promise<Result<readonly OpenTree[]>> {
  const lineage = neededData<readonly { readonly tree: BlobReference }[]>(context, 'lineage') ?? [];
  const opened: OpenTree[] = [];
  for (const ancestor of lineage) {
    const tree = await openTree(ancestor.tree, context);
    if (!tree.ok) {
      return tree;
    }
    opened.push(tree.value);
  }
  return success(opened);
}

function outputOf(artifacts: readonly PackedArtifact[]): StageOutput {
  return {
    blobs: Object.fromEntries(artifacts.map((artifact) => [artifact.name, artifact.blob])),
    data: asJson({ artifacts }),
  };
}
