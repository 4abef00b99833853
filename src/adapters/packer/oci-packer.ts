import { join } from 'node:path';
import { type Result, success } from '../../model/result.ts';
import { tarChunks } from '../../tree/tar-chunks.ts';
import type { Tree } from '../../tree/tree.ts';
import type { WorkContext } from '../work-context.ts';
import { imageLayout } from './oci/image-layout.ts';
import { layerDifference } from './oci/layer-difference.ts';
import { type WrittenLayer, writeLayer } from './oci/write-layer.ts';
import type { PackedArtifact, Packer, PackRequest } from './packer.ts';
import { withFiles } from './with-files.ts';

/**
 * `image.oci.tar`: an OCI image layout in one tar, as skopeo and podman read it (`oci-archive:`). The oldest parent
 * is the first layer, byte for byte the layer of its own image; every further tree adds what differs. gzip and not
 * zstd, which older tools cannot read.
 */
export function createOciPacker(): Packer {
  return {
    outputs: ['oci'],
    version: 1,
    tools: () => [],
    pack: (request, context) =>
      withFiles(`packing the container image of ${request.image.name}`, context, () =>
        packImage(request, context),
      ),
  };
}

async function packImage(
  request: PackRequest,
  context: WorkContext,
): Promise<Result<readonly PackedArtifact[]>> {
  const layers: WrittenLayer[] = [];
  let lower: Tree = { entries: [] };
  for (const upper of [...request.parents.map((parent) => parent.tree), request.tree]) {
    const layer = layerDifference(lower, upper);
    if (!layer.ok) {
      return layer;
    }
    if (layer.value.entries.length > 0) {
      const path = join(context.scratch.path, `layer-${layers.length}.tar.gz`);
      layers.push(await writeLayer(layer.value, path, context.signal));
      context.log(
        `layer ${layers.length}: ${layer.value.entries.length} entries, ${layers.at(-1)?.sizeBytes} bytes`,
      );
    }
    lower = upper;
  }
  const blob = await context.cache.put(tarChunks(imageLayout(request, layers), { reuseMemory: true }));
  return blob.ok
    ? success([
        {
          name: 'image.oci.tar',
          format: 'oci',
          mediaType: 'application/vnd.oci.image.layout.v1+tar',
          blob: blob.value,
        },
      ])
    : blob;
}
