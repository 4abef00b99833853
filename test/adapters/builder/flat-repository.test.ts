import { readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layOutFlatRepository } from '../../../src/adapters/builder/mmdebstrap/flat-repository.ts';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { digestOfBytes, hexOf } from '../../../src/model/digest.ts';
import type { PackageLock } from '../../../src/model/package-lock.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const deb = digestOfBytes('the package');
const entry = {
  name: 'tool',
  version: '1.0-1',
  architecture: 'amd64',
  source: 'tool',
  sourceVersion: '1.0-1',
  digest: deb,
  sizeBytes: 11,
  poolPath: 'pool/main/t/tool/tool_1.0-1_amd64.deb',
  suite: 'bookworm',
} as const;

async function lockWith(stanzas: string) {
  const folder = temporaryFolder();
  const cache = createFileSystemStore({ folder: join(folder, 'store'), durable: false });
  const index = join(folder, 'index');
  writeFileSync(index, stanzas);
  const packages = { path: 'Packages', ...expectValue(await cache.putFile(index)) };
  const lock: PackageLock = {
    formatVersion: 1,
    distribution: 'debian',
    release: 'bookworm',
    architecture: 'amd64',
    request: digestOfBytes('request'),
    sourceDateEpoch: 1_700_000_000,
    indexes: [
      {
        suite: 'bookworm',
        component: 'main',
        release: { ...packages, path: 'InRelease', date: '2023-11-14T22:13:20.000Z' },
        packages,
      },
    ],
    packages: [entry],
  };
  return { lock, cache, repository: join(folder, 'repository') };
}

function stanza(version: string, hex: string): string {
  return `Package: tool\nVersion: ${version}\nArchitecture: amd64\nDepends: libc6\nFilename: ${entry.poolPath}\nSize: 11\nSHA256: ${hex}\n`;
}

test('a flat repository has the stanzas of the locked versions alone and links to their bytes', async () => {
  const { lock, cache, repository } = await lockWith(
    `${stanza('2.0-1', 'b'.repeat(64))}\n${stanza('1.0-1', hexOf(deb))}\nPackage: other\nVersion: 1\n`,
  );
  expectValue(await layOutFlatRepository(lock, cache, repository));
  const name = `${hexOf(deb)}.deb`;
  expect(readFileSync(join(repository, 'Packages'), 'utf8')).toBe(
    stanza('1.0-1', hexOf(deb)).replace(entry.poolPath, `./${name}`),
  );
  expect(readlinkSync(join(repository, name))).toBe(cache.pathOf(deb));
});

test('an index with other bytes for the locked version is refused', async () => {
  const { lock, cache, repository } = await lockWith(stanza('1.0-1', 'b'.repeat(64)));
  expect(expectCodes(await layOutFlatRepository(lock, cache, repository))).toEqual(['SK4008']);
});

test('an index that the pool lost is named', async () => {
  const { lock, cache, repository } = await lockWith(stanza('1.0-1', hexOf(deb)));
  for (const { packages } of lock.indexes) {
    rmSync(cache.pathOf(packages.digest));
  }
  expect(expectCodes(await layOutFlatRepository(lock, cache, repository))).toEqual(['SK4007']);
});
