import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec } from '@cyclonedx/cyclonedx-library';
import { type Digest, hexOf } from '../../model/digest.ts';
import { dependencyGraph } from './dependency-graph.ts';
import type { OsRelease } from './os-release.ts';
import type { ScannedPackage } from './package-manifest.ts';
import { packageUrl } from './package-url.ts';

export interface ScannedImage {
  readonly name: string;
  readonly tree: Digest;
  readonly system: OsRelease;
  /** Sorted. */
  readonly packages: readonly ScannedPackage[];
  readonly sourceDateEpoch: number;
}

/**
 * The SBOM of an image: CycloneDX 1.6 as JSON, the same text for the same image. The serial number comes from the tree,
 * the time is the source date epoch, lists are in the order of the packages; nothing in it comes from the host or
 * the program's version. Components: the operating system, and each package with purl and, where known, the SHA-256
 * of its .deb. The image itself is `metadata.component` and depends on all of them.
 */
export function cycloneDx(image: ScannedImage): string {
  const { system, packages } = image;
  const root = new Models.Component(Enums.ComponentType.Platform, image.name, {
    bomRef: `image:${image.name}`,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], hexOf(image.tree)]]),
    ...(system.imageVersion === undefined ? {} : { version: system.imageVersion }),
  });
  const components = new Map(packages.map((entry) => [entry, packageComponent(entry, system)]));
  for (const [entry, needed] of dependencyGraph(packages)) {
    for (const other of needed) {
      addDependency(components.get(entry), components.get(other));
    }
  }
  const bom = new Models.Bom({
    serialNumber: serialNumber(image.tree),
    metadata: new Models.Metadata({
      timestamp: new Date(image.sourceDateEpoch * 1000),
      component: root,
      tools: new Models.Tools({
        components: new Models.ComponentRepository([
          new Models.Component(Enums.ComponentType.Application, 'sandkiln'),
        ]),
      }),
    }),
  });
  for (const component of [systemComponent(system), ...components.values()]) {
    bom.components.add(component);
    addDependency(root, component);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  // Sorting would go by locale; the order of insertion is by code point already.
  return `${serializer.serialize(bom, { sortLists: false, space: 1 })}\n`;
}

function packageComponent(entry: ScannedPackage, system: OsRelease): Models.Component {
  const purl = packageUrl(entry, system);
  return new Models.Component(Enums.ComponentType.Library, entry.name, {
    bomRef: purl,
    version: entry.version,
    purl,
    ...(entry.digest === undefined
      ? {}
      : { hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], hexOf(entry.digest)]]) }),
  });
}

function systemComponent(system: OsRelease): Models.Component {
  return new Models.Component(Enums.ComponentType.OperatingSystem, system.id, {
    bomRef: `os:${system.id}${system.versionId === undefined ? '' : `-${system.versionId}`}`,
    ...(system.versionId === undefined ? {} : { version: system.versionId }),
    ...(system.prettyName === undefined ? {} : { description: system.prettyName }),
  });
}

function addDependency(from: Models.Component | undefined, to: Models.Component | undefined): void {
  if (from !== undefined && to !== undefined) {
    from.dependencies.add(to.bomRef);
  }
}

/** A version 8 UUID (RFC 9562, section 5.8): equal for equal trees, different from any random one. */
function serialNumber(tree: Digest): string {
  const bytes = createHash('sha256').update(`sandkiln sbom ${tree}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `urn:uuid:${groups.join('-')}`;
}
