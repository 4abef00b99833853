import { fileAt } from '../../../tree/read-text.ts';
import type { Tree, TreeFile } from '../../../tree/tree.ts';

/** The kernel that a tree boots, and its initial RAM disk. */
export interface TreeKernel {
  /** As in file names: `6.1.0-40-cloud-amd64`. */
  readonly version: string;
  readonly kernel: TreeFile;
  readonly initrd: TreeFile | undefined;
}

/** The newest `boot/vmlinuz-VERSION` with `boot/initrd.img-VERSION`; nothing where the tree has no kernel. */
export function kernelOfTree(tree: Tree): TreeKernel | undefined {
  const versions = tree.entries
    .map((entry) => /^boot\/vmlinuz-([A-Za-z0-9.+~_-]+)$/.exec(entry.path)?.[1])
    .filter((version) => version !== undefined)
    .sort(compareKernelVersions);
  const version = versions.at(-1);
  const kernel = version === undefined ? undefined : fileAt(tree, `boot/vmlinuz-${version}`);
  return version === undefined || kernel === undefined
    ? undefined
    : { version, kernel, initrd: fileAt(tree, `boot/initrd.img-${version}`) };
}

/** Digits as numbers, the rest by code points. */
export function compareKernelVersions(left: string, right: string): number {
  const leftParts = left.match(/\d+|\D+/g) ?? [];
  const rightParts = right.match(/\d+|\D+/g) ?? [];
  for (const [index, part] of leftParts.entries()) {
    const other = rightParts[index];
    if (other === undefined) {
      return 1;
    }
    const order = Number(part) - Number(other) || (part < other ? -1 : part > other ? 1 : 0);
    if (order !== 0) {
      return order;
    }
  }
  return leftParts.length - rightParts.length;
}
