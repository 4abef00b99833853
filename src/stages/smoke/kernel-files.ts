import type { StageContext } from '../../engine/stage.ts';
import { type Result, success } from '../../model/result.ts';
import { contentChunks, fileAt } from '../../tree/read-text.ts';
import type { Tree } from '../../tree/tree.ts';
import { neededBlob } from '../stage-input.ts';

export interface KernelFiles {
  readonly kernelPath: string;
  readonly initrdPath: string;
}

/**
 * Kernel and initrd of an image on this machine: the packed ones, or where a boot loader starts them from the disk,
 * those that Debian's links `/vmlinuz` and `/initrd.img` lead to. Nothing where the image has none.
 */
export async function kernelFiles(
  context: StageContext,
  tree: Tree,
): Promise<Result<KernelFiles | undefined>> {
  const kernel = await pathOf('vmlinuz', context, tree);
  if (!kernel.ok) {
    return kernel;
  }
  const initrd = await pathOf('initrd.img', context, tree);
  if (!initrd.ok) {
    return initrd;
  }
  return success(
    kernel.value === undefined || initrd.value === undefined
      ? undefined
      : { kernelPath: kernel.value, initrdPath: initrd.value },
  );
}

async function pathOf(name: string, context: StageContext, tree: Tree): Promise<Result<string | undefined>> {
  const packed = neededBlob(context, name);
  if (packed !== undefined) {
    return success(context.cache.pathOf(packed.digest));
  }
  const file = fileAt(tree, name);
  if (file === undefined) {
    return success(undefined);
  }
  const kept = await context.cache.put(contentChunks(file));
  return kept.ok ? success(context.cache.pathOf(kept.value.digest)) : kept;
}
