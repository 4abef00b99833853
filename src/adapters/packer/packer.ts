import type { BlobReference } from '../../model/action.ts';
import type { Digest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';
import type { ToolRequirement } from '../../model/tool.ts';
import type { Tree } from '../../tree/tree.ts';
import type { WorkContext } from '../work-context.ts';

export type OutputFormat = 'rootfs' | 'raw' | 'qcow2' | 'squashfs' | 'oci';

/** Turns a normalised tree into one output or several that share work. Same request, same bytes. */
export interface Packer {
  readonly outputs: readonly OutputFormat[];
  /** Raised when the same request would give other bytes; part of action keys. */
  readonly version: number;
  tools(request: Pick<PackRequest, 'outputs' | 'disk'>): readonly ToolRequirement[];
  pack(request: PackRequest, context: WorkContext): Promise<Result<readonly PackedArtifact[]>>;
}

export interface PackRequest {
  /** Those of {@link Packer.outputs} that are wanted. */
  readonly outputs: readonly OutputFormat[];
  readonly tree: Tree;
  /** The normalised tar on disk that the tree was read from. */
  readonly treePath: string;
  /** SHA-256 of the file at {@link treePath}. */
  readonly treeDigest: Digest;
  /** Seeds UUIDs, with the digest of the tree: equal for equal images and nothing else. */
  readonly image: { readonly name: string; readonly architecture: string };
  readonly sourceDateEpoch: number;
  readonly disk: DiskShape;
  /** Parent trees, oldest first, for outputs that share layers with them. */
  readonly parents: readonly { readonly tree: Tree; readonly treePath: string }[];
}

export interface DiskShape {
  readonly sizeBytes: number;
  /** `none`: the whole disk is one ext4 file system, booted with kernel and initrd from outside. */
  readonly bootLoader: 'none' | 'grub';
  /** Added to `root=…`. */
  readonly kernelCommandLine: readonly string[];
}

export interface PackedArtifact {
  /** File name by which people know it: `disk.qcow2`, `rootfs.tar.zst`, `vmlinuz`. */
  readonly name: string;
  readonly format: OutputFormat | 'kernel' | 'initrd';
  readonly mediaType: string;
  /** In the cache store. */
  readonly blob: BlobReference;
}
