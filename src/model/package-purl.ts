import { PackageURL } from 'packageurl-js';
import type { LockedPackage, PackageLock } from './package-lock.ts';

/** Debian's release numbers, as `distro` qualifiers name them. */
const releaseNumbers: Readonly<Record<string, string>> = { bookworm: '12' };

/** The package URL of a locked package (purl-spec, type deb): `pkg:deb/debian/curl@7.88.1?arch=amd64&distro=debian-12`. */
export function packagePurl(
  { name, version, architecture }: LockedPackage,
  { distribution, release }: Pick<PackageLock, 'distribution' | 'release'>,
): string {
  const distro = `${distribution}-${releaseNumbers[release] ?? release}`;
  return new PackageURL(
    'deb',
    distribution,
    name,
    version,
    { arch: architecture, distro },
    undefined,
  ).toString();
}
