import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from '../../../model/digest.ts';
import type { LockedPackage, PackageLock } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { LocalStore } from '../../store/store.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { lockedPackage } from './locked-package.ts';
import { packagesNamed } from './package-index.ts';

/**
 * Lays out a package archive without suites that holds exactly the locked packages: links into the pool and a
 * `Packages` file. Apt checks each package against the digest of its stanza, which is that of the lock.
 * SK4007 where the pool lost an index, SK4008 where the indexes do not have a locked package.
 */
export async function layOutFlatRepository(
  lock: PackageLock,
  cache: LocalStore,
  folder: string,
): Promise<Result<void>> {
  const stanzas = await lockedStanzas(lock, cache);
  if (!stanzas.ok) {
    return stanzas;
  }
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Packages'), stanzas.value.join('\n'));
  for (const { digest } of lock.packages) {
    await symlink(cache.pathOf(digest), join(folder, fileName(digest)));
  }
  return success(undefined);
}

async function lockedStanzas(lock: PackageLock, cache: LocalStore): Promise<Result<readonly string[]>> {
  const wanted = new Map(lock.packages.map((entry) => [stanzaKey(entry), entry]));
  const names = new Set(lock.packages.map(({ name }) => name));
  const there = await cache.has(lock.indexes.map(({ packages }) => packages));
  const gone = lock.indexes.filter(({ packages }) => !there.has(packages.digest));
  if (gone.length > 0) {
    return failure(builderDiagnostic.indexesGone(gone.map(({ suite }) => suite)));
  }
  const stanzas = new Map<string, string>();
  for (const { suite, packages } of lock.indexes) {
    for await (const { text, fields } of packagesNamed(cache.pathOf(packages.digest), names)) {
      const entry = lockedPackage(fields, suite, false);
      const key = entry === undefined ? '' : stanzaKey(entry);
      if (entry !== undefined && wanted.has(key)) {
        stanzas.set(key, text.replace(/^Filename:.*$/m, `Filename: ./${fileName(entry.digest)}`));
      }
    }
  }
  const absent = [...wanted.keys()].find((key) => !stanzas.has(key));
  return absent === undefined
    ? success([...wanted.keys()].map((key) => stanzas.get(key) ?? ''))
    : failure(builderDiagnostic.unreadableIndex(`entry of ${absent}`));
}

/** The digest too: an index that names other bytes for the same version is not what was locked. */
function stanzaKey({ name, version, architecture, digest }: LockedPackage): string {
  return `${name} ${version} ${architecture} ${digest}`;
}

function fileName(digest: LockedPackage['digest']): string {
  return `${hexOf(digest)}.deb`;
}
