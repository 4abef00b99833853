import type { Digest } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { PackageLock } from '../../model/package-lock.ts';
import type { InstalledPackage } from './dpkg-status.ts';

/** `packages.json`: every package of an image, sorted by name, then architecture. */
export type PackageManifest = {
  readonly formatVersion: 1;
  readonly operatingSystem: { readonly id: string; readonly versionId: string | null };
  readonly packages: readonly ManifestPackage[];
};

type ManifestPackage = {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
  /** As dpkg estimates it. */
  readonly installedSizeBytes: number;
  readonly section: string | null;
  /** SHA-256 of the .deb, where a lock of this image names the very package; null for what an image below brought. */
  readonly digest: Digest | null;
};

/** A package with the digest that a lock knows for it. */
export interface ScannedPackage extends InstalledPackage {
  readonly digest?: Digest;
}

/** Puts digests of the lock to the packages and sorts them; the same package found twice counts once. */
export function scannedPackages(
  installed: readonly InstalledPackage[],
  lock: Pick<PackageLock, 'packages'> | undefined,
): readonly ScannedPackage[] {
  const locked = new Map(lock?.packages.map((entry) => [packageKey(entry), entry.digest]));
  const packages = new Map<string, ScannedPackage>();
  for (const found of installed) {
    const digest = locked.get(packageKey(found));
    packages.set(packageKey(found), digest === undefined ? found : { ...found, digest });
  }
  return [...packages.values()].sort(
    (left, right) =>
      compareCodePoints(left.name, right.name) ||
      compareCodePoints(left.architecture, right.architecture) ||
      compareCodePoints(left.version, right.version),
  );
}

export function packageManifest(
  packages: readonly ScannedPackage[],
  operatingSystem: { readonly id: string; readonly versionId?: string },
): PackageManifest {
  return {
    formatVersion: 1,
    operatingSystem: { id: operatingSystem.id, versionId: operatingSystem.versionId ?? null },
    packages: packages.map(
      ({ name, version, architecture, source, sourceVersion, installedSizeBytes, section, digest }) => ({
        name,
        version,
        architecture,
        source,
        sourceVersion,
        installedSizeBytes,
        section: section ?? null,
        digest: digest ?? null,
      }),
    ),
  };
}

function packageKey(entry: Pick<InstalledPackage, 'name' | 'version' | 'architecture'>): string {
  return `${entry.name} ${entry.architecture} ${entry.version}`;
}
