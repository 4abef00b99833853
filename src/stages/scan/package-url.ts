import { PackageURL } from 'packageurl-js';
import type { InstalledPackage } from './dpkg-status.ts';
import type { OsRelease } from './os-release.ts';

/**
 * The purl of a Debian package (purl-spec, type `deb`): namespace is the system's ID, qualifiers `arch`, `distro`
 * and, where dpkg names a source, `upstream`. Vulnerability scanners match on `distro` and `upstream`.
 */
export function packageUrl(
  entry: Pick<InstalledPackage, 'name' | 'version' | 'architecture' | 'upstream'>,
  system: Pick<OsRelease, 'id' | 'versionId'>,
): string {
  const distro = system.versionId === undefined ? system.id : `${system.id}-${system.versionId}`;
  const qualifiers = {
    arch: entry.architecture,
    distro,
    ...(entry.upstream === undefined ? {} : { upstream: entry.upstream }),
  };
  return new PackageURL('deb', system.id, entry.name, entry.version, qualifiers, null).toString();
}
