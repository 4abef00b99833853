import { canonicalJson } from '../../../model/canonical-json.ts';
import { digestOfBytes, hexOf } from '../../../model/digest.ts';
import { compareCodePoints, type JsonObject } from '../../../model/json.ts';
import { plainFolder } from '../../../tree/plain-folder.ts';
import type { Tree, TreeContent, TreeEntry } from '../../../tree/tree.ts';
import type { PackRequest } from '../packer.ts';
import type { WrittenLayer } from './write-layer.ts';

/**
 * An OCI image layout (image-spec 1.0: Image Layout, Index, Manifest, Configuration) as a tree: one manifest, its
 * configuration and its layers, named `NAME:latest` by the reference annotation. JSON is RFC 8785, times are the
 * source date epoch, so that the digests follow from the layers alone.
 */
export function imageLayout(
  request: Pick<PackRequest, 'image' | 'sourceDateEpoch'>,
  layers: readonly WrittenLayer[],
): Tree {
  const { image, sourceDateEpoch } = request;
  const files: TreeEntry[] = layers.map((layer) =>
    file(
      blobPath(layer.digest),
      layer.sizeBytes,
      { at: 'file', path: layer.path, offset: 0 },
      sourceDateEpoch,
    ),
  );
  function addJson(path: string | undefined, mediaType: string, value: JsonObject): JsonObject {
    const bytes = Buffer.from(canonicalJson(value));
    const digest = digestOfBytes(bytes);
    files.push(file(path ?? blobPath(digest), bytes.length, { at: 'memory', bytes }, sourceDateEpoch));
    return { mediaType, digest, size: bytes.length };
  }
  const config = addJson(undefined, mediaTypes.config, configuration(request, layers));
  const manifest = addJson(undefined, mediaTypes.manifest, {
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config,
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: mediaTypes.layer, digest, size: sizeBytes })),
  });
  addJson('index.json', mediaTypes.index, {
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [
      {
        ...manifest,
        platform: { architecture: image.architecture, os: 'linux' },
        annotations: { 'org.opencontainers.image.ref.name': `${image.name}:latest` },
      },
    ],
  });
  addJson('oci-layout', 'application/vnd.oci.layout.header.v1+json', { imageLayoutVersion: '1.0.0' });
  const folders = ['', 'blobs', 'blobs/sha256'].map((path) => plainFolder(path, sourceDateEpoch));
  const entries = new Map([...folders, ...files].map((entry) => [entry.path, entry]));
  return { entries: [...entries.values()].sort((left, right) => compareCodePoints(left.path, right.path)) };
}

const mediaTypes = {
  config: 'application/vnd.oci.image.config.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

function configuration(
  { image, sourceDateEpoch }: Pick<PackRequest, 'image' | 'sourceDateEpoch'>,
  layers: readonly WrittenLayer[],
): JsonObject {
  const created = new Date(sourceDateEpoch * 1000).toISOString().replace('.000Z', 'Z');
  return {
    architecture: image.architecture,
    os: 'linux',
    created,
    config: {
      Cmd: ['/bin/sh'],
      Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    },
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.tarDigest) },
    history: layers.map(() => ({ created, created_by: 'sandkiln' })),
  };
}

function blobPath(digest: WrittenLayer['digest']): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

function file(path: string, sizeBytes: number, content: TreeContent, modifiedAt: number): TreeEntry {
  return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, modifiedAt, sizeBytes, content };
}
