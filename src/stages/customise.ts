import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import type { Digest } from '../model/digest.ts';
import { failure, type Result, success } from '../model/result.ts';
import { readTree } from '../tree/read-tree.ts';
import { tarChunks } from '../tree/tar-chunks.ts';
import type { CustomiseInput } from './customise/customise-input.ts';
import { customiseTree } from './customise/customise-tree.ts';
import type { FileBlobs } from './customise/write-files.ts';
import { inputOf, neededBlob, neededData } from './stage-input.ts';

/**
 * Puts on a tree of packages what the spec declares beyond them ({@link CustomiseInput}). A pure transform of the
 * normalised tar's entries: nothing of the image is run. Needs blob `tree` and data `sourceDateEpoch`; the repository
 * files that the input names must be in the cache store. Output: blob `tree`, data `sourceDateEpoch`.
 */
export function createCustomiseStage(): Stage {
  return {
    name: 'customise',
    version: 1,
    effect: 'pure',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: customise,
  };
}

async function customise(action: Action, context: StageContext): Promise<Result<StageOutput>> {
  const input = inputOf<CustomiseInput>(action);
  const before = neededBlob(context, 'tree');
  const sourceDateEpoch = neededData<number>(context, 'sourceDateEpoch');
  if (before === undefined || sourceDateEpoch === undefined) {
    throw new TypeError('customise needs a tree and its source date epoch');
  }
  const tree = await readTree(context.cache.pathOf(before.digest));
  if (!tree.ok) {
    return tree;
  }
  const blobs = await fileBlobs(input, context);
  if (!blobs.ok) {
    return blobs;
  }
  const customised = customiseTree(tree.value, input, { blobs: blobs.value, sourceDateEpoch });
  if (!customised.ok) {
    return customised;
  }
  const stored = await context.cache.put(tarChunks(customised.value, { reuseMemory: true }));
  return stored.ok ? success({ blobs: { tree: stored.value }, data: { sourceDateEpoch } }) : stored;
}

/** Checks the bytes as well, since they go into the image. */
async function fileBlobs(input: CustomiseInput, context: StageContext): Promise<Result<FileBlobs>> {
  const blobs = new Map<Digest, BlobReference & { readonly path: string }>();
  for (const { content, path } of input.files) {
    if ('text' in content || blobs.has(content.digest)) {
      continue;
    }
    if ((await context.cache.has([content.digest])).size === 0) {
      return failure({
        code: 'SK5515',
        severity: 'error',
        message: `the content of ${path} (${content.digest}) is not in the cache`,
        hint: 'run again: the file is read from the repository anew',
        failure: 'transient',
      });
    }
    const checked = await context.cache.check(content.digest);
    if (!checked.ok) {
      return checked;
    }
    blobs.set(content.digest, { ...checked.value, path: context.cache.pathOf(content.digest) });
  }
  return success(blobs);
}
