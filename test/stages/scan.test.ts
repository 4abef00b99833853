import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import { createScanStage, type ScanInput } from '../../src/stages/scan.ts';
import type { Tree, TreeEntry } from '../../src/tree/tree.ts';
import { expectCodes, expectValue } from '../rig/expect-result.ts';
import { runStage } from '../rig/run-stage.ts';
import { epoch, smallDebianTree } from '../rig/small-debian-tree.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';
import { file } from '../rig/tree-builder.ts';

const digest = digestOfBytes('libc6.deb');
const status = [
  'Package: ssh\nStatus: install ok installed\nVersion: 1:9.2p1-2+deb12u3\nArchitecture: all\nSource: openssh\nDepends: openssh-server (>= 1) | dropbear, mail-agent, gone\nInstalled-Size: 200\n',
  'Package: openssh-server\nStatus: install ok installed\nVersion: 1:9.2p1-2+deb12u3\nArchitecture: amd64\nSource: openssh\nDepends: libc6\nInstalled-Size: 2000\n',
  'Package: libc6\nStatus: install ok installed\nVersion: 2.36-9+deb12u7\nArchitecture: amd64\nSource: glibc\nInstalled-Size: 13000\n',
  'Package: libstdc++6\nStatus: install ok installed\nVersion: 12.2.0-14\nArchitecture: amd64\nSource: gcc-12 (12.2.0-13~x)\nProvides: mail-agent\n',
].join('\n');
const lock = {
  packages: [{ name: 'libc6', version: '2.36-9+deb12u7', architecture: 'amd64', digest }],
};

function scannedTree(...more: readonly TreeEntry[]): Tree {
  return smallDebianTree(file('var/lib/dpkg/status', status), ...more);
}

async function scan(tree: Tree, input: Partial<ScanInput> = {}) {
  const cache = createFileSystemStore({ folder: temporaryFolder(), durable: false });
  const locked = expectValue(await cache.put([Buffer.from(JSON.stringify(lock))]));
  const result = await runStage(createScanStage(), {
    input: { image: 'lab', previousTreeBytes: null, budgetBytes: null, ...input },
    cache,
    tree,
    data: { sourceDateEpoch: epoch },
    blobs: { 'packages.lock.json': locked },
  });
  const read = (name: string) => {
    const blob = expectValue(result).blobs[name];
    return JSON.parse(readFileSync(cache.pathOf(blob?.digest ?? digest), 'utf8'));
  };
  return { result, read };
}

/** The schema files of the specification, as the library ships them. */
function cycloneDxValidator() {
  const library = dirname(
    createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json'),
  );
  const schema = (name: string) => JSON.parse(readFileSync(join(library, 'res/schema', name), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(schema('spdx.SNAPSHOT.schema.json'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
  ajv.addSchema(
    schema('jsf-0.82.SNAPSHOT.schema.json'),
    'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json',
  );
  return ajv.compile(schema('bom-1.6.SNAPSHOT.schema.json'));
}

describe('the SBOM', () => {
  it('holds to the schema of CycloneDX 1.6', async () => {
    const { read } = await scan(scannedTree());
    const validate = cycloneDxValidator();
    const sbom = read('sbom.cdx.json');
    validate(sbom);
    expect(validate.errors).toBeNull();
    expect(sbom.specVersion).toBe('1.6');
    expect(validate({ ...sbom, components: [{ type: 'nothing' }] })).toBe(false);
  });

  it('names each package by a purl that others read', async () => {
    const { read } = await scan(scannedTree());
    const purls = read('sbom.cdx.json').components.flatMap(
      (component: { purl?: string }) => component.purl ?? [],
    );
    expect(purls.map((purl: string) => PackageURL.fromString(purl))).toMatchObject(
      [
        ['libc6', '2.36-9+deb12u7', 'amd64', 'glibc'],
        ['libstdc++6', '12.2.0-14', 'amd64', 'gcc-12@12.2.0-13~x'],
        ['openssh-server', '1:9.2p1-2+deb12u3', 'amd64', 'openssh'],
        ['ssh', '1:9.2p1-2+deb12u3', 'all', 'openssh'],
      ].map(([name, version, arch, upstream]) => ({
        type: 'deb',
        namespace: 'debian',
        name,
        version,
        qualifiers: { arch, distro: 'debian-12', upstream },
      })),
    );
  });

  it('has the operating system, digests of the lock and the dependencies that can be resolved', async () => {
    const { read } = await scan(scannedTree());
    const { components, dependencies, metadata } = read('sbom.cdx.json');
    expect(components[0]).toMatchObject({ type: 'operating-system', name: 'debian', version: '12' });
    expect(components[1]).toMatchObject({
      name: 'libc6',
      hashes: [{ alg: 'SHA-256', content: digest.slice(7) }],
    });
    expect(components[2].hashes).toBeUndefined();
    const byName = new Map(
      components.map((each: { 'bom-ref': string; name: string }) => [each['bom-ref'], each.name]),
    );
    const graph = Object.fromEntries(
      dependencies.map((each: { ref: string; dependsOn?: string[] }) => [
        byName.get(each.ref) ?? each.ref,
        (each.dependsOn ?? []).map((ref) => byName.get(ref)),
      ]),
    );
    expect(graph).toEqual({
      'image:lab': ['debian', 'libc6', 'libstdc++6', 'openssh-server', 'ssh'],
      debian: [],
      libc6: [],
      'libstdc++6': [],
      'openssh-server': ['libc6'],
      ssh: ['libstdc++6', 'openssh-server'],
    });
    expect(metadata.timestamp).toBe(new Date(epoch * 1000).toISOString());
  });

  it('is the same for the same tree, and has another serial number for another tree', async () => {
    const [first, second, other] = [
      await scan(scannedTree()),
      await scan(scannedTree()),
      await scan(scannedTree(file('etc/motd', 'x'))),
    ];
    expect(expectValue(first.result)).toEqual(expectValue(second.result));
    const serial = first.read('sbom.cdx.json').serialNumber;
    expect(serial).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(other.read('sbom.cdx.json').serialNumber).not.toBe(serial);
  });
});

describe('the package manifest', () => {
  it('is sorted and names digests and sources', async () => {
    const { read } = await scan(scannedTree());
    const manifest = read('packages.json');
    expect(manifest.operatingSystem).toEqual({ id: 'debian', versionId: '12' });
    expect(manifest.packages.map(({ name }: { name: string }) => name)).toEqual([
      'libc6',
      'libstdc++6',
      'openssh-server',
      'ssh',
    ]);
    expect(manifest.packages[0]).toMatchObject({ digest, source: 'glibc', installedSizeBytes: 13000 * 1024 });
  });

  it('also comes from status.d', async () => {
    const tree = smallDebianTree(
      file('var/lib/dpkg/status.d/base', 'Package: base-files\nVersion: 12\nArchitecture: amd64\n'),
      file('var/lib/dpkg/status.d/base.md5sums', 'abc\n'),
    );
    const { result, read } = await scan(tree);
    expect(expectValue(result).data['packageCount']).toBe(1);
    expect(read('packages.json').packages[0].name).toBe('base-files');
  });
});

describe('the size report', () => {
  it('stands beside the previous size and the budget', async () => {
    const { result } = await scan(scannedTree(), { previousTreeBytes: 5, budgetBytes: 10_000_000 });
    const { data, blobs } = expectValue(result);
    expect(blobs['sbom.cdx.json']).toBeDefined();
    expect(data).toMatchObject({
      packageCount: 4,
      size: {
        previousTreeBytes: 5,
        budgetBytes: 10_000_000,
        largestPackages: [
          { name: 'libc6', sizeBytes: 13000 * 1024 },
          { name: 'openssh-server', sizeBytes: 2000 * 1024 },
          { name: 'ssh', sizeBytes: 200 * 1024 },
          { name: 'libstdc++6', sizeBytes: 0 },
        ],
      },
    });
  });

  it('fails a tree over its budget', async () => {
    const { result } = await scan(scannedTree(), { budgetBytes: 1024 });
    expect(expectCodes(result)).toEqual(['SK5552']);
  });
});

describe('a tree that cannot be scanned', () => {
  it.each([
    ['no package database', smallDebianTree(), ['SK5550']],
    ['a folder as database', smallDebianTree(file('var/lib/dpkg/status/x')), ['SK5550']],
    [
      'no os-release',
      { entries: scannedTree().entries.filter(({ path }) => !path.endsWith('os-release')) },
      ['SK5551'],
    ],
    ['a hostile os-release', scannedTree(file('usr/lib/os-release', 'ID=../../x\n')), ['SK5551']],
  ])('has %s', async (_, tree, codes) => {
    expect(expectCodes((await scan(tree)).result)).toEqual(codes);
  });
});
