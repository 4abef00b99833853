import { createReadStream } from 'node:fs';
import { createZstdDecompress } from 'node:zlib';
import type { Store } from '../adapters/store/store.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import type { Digest } from '../model/digest.ts';
import type { PackageLock } from '../model/package-lock.ts';
import type { Ancestor } from '../model/record.ts';
import type { Result } from '../model/result.ts';
import { failure, success } from '../model/result.ts';
import { bringBlobs } from './bring-blobs.ts';
import { asJson, inputOf, neededData } from './stage-input.ts';

export interface PrepareInput {
  readonly parent: string;
  /** The parent's active image and what it stands on, oldest first; null where only this run makes one. */
  readonly lineage: readonly Ancestor[] | null;
  /** Package indexes that the parent's lock was made from. */
  readonly indexes: PackageLock['indexes'] | null;
  /** Tree of the parent that the active image was built from, for a change that hangs on the parent's output. */
  readonly unlessParentTree: Digest | null;
}

/**
 * Brings the trees that an image is built on into the cache. Output: blob `tree` (the parent's), blobs `ancestor-0`
 * and so on (what it stands on itself, oldest first); data `lineage`, `sourceDateEpoch`, `indexes`. Where the change
 * hangs on the parent and the parent's tree is the one that the active image was built from, nothing else is needed.
 */
export function createPrepareStage(ports: { readonly store: Store }): Stage {
  return {
    name: 'prepare',
    version: 1,
    effect: 'effect',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: (action, context) => prepare(action, context, ports.store),
  };
}

async function prepare(action: Action, context: StageContext, store: Store): Promise<Result<StageOutput>> {
  const input = inputOf<PrepareInput>(action);
  const lineage = neededData<readonly Ancestor[]>(context, 'lineage') ?? input.lineage;
  const indexes = neededData<PackageLock['indexes']>(context, 'indexes') ?? input.indexes;
  const parent = lineage?.at(-1);
  if (lineage === null || parent === undefined) {
    return failure({
      code: 'SK3210',
      severity: 'error',
      message: `${action.resource.name} is built from ${input.parent}, which has no published image`,
      hint: `build ${input.parent} first: sandkiln reconcile --target ${input.parent}`,
      failure: 'transient',
    });
  }
  const output = {
    data: { ...asJson({ lineage, indexes }), sourceDateEpoch: parent.sourceDateEpoch },
    blobs: blobsOf(lineage),
  };
  if (input.unlessParentTree === parent.tree.digest) {
    return success({ ...output, blobs: {}, notNeeded: `the tree of ${input.parent} is the same as before` });
  }
  for (const ancestor of lineage) {
    const brought = await bringTree(ancestor, context, store);
    if (!brought.ok) {
      return brought;
    }
  }
  return success(output);
}

function blobsOf(lineage: readonly Ancestor[]): Readonly<Record<string, BlobReference>> {
  const blobs: Record<string, BlobReference> = {};
  for (const [index, ancestor] of lineage.entries()) {
    blobs[index === lineage.length - 1 ? 'tree' : `ancestor-${index}`] = ancestor.tree;
  }
  return blobs;
}

/** The tree itself where the cache has it, else unpacked from the published archive and checked. */
async function bringTree(ancestor: Ancestor, context: StageContext, store: Store): Promise<Result<unknown>> {
  const { tree, archive, name } = ancestor;
  if ((await context.cache.has([tree.digest])).size === 1) {
    return success(undefined);
  }
  const brought = await bringBlobs([archive.digest], store, context);
  if (!brought.ok) {
    return brought;
  }
  if ((await context.cache.has([archive.digest])).size === 0) {
    return failure({
      code: 'SK3211',
      severity: 'error',
      message: `the published tree of ${name} (${archive.digest}) is neither in the cache nor in the store`,
      hint: `restore the store, or raise spec.version of ${name} so that it is built again`,
      failure: 'transient',
    });
  }
  context.log(`unpacking the tree of ${name}`);
  const unpacked = createReadStream(context.cache.pathOf(archive.digest)).pipe(createZstdDecompress());
  return context.cache.put(unpacked, { expected: tree.digest });
}
