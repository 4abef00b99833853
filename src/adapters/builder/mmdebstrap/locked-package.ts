import { isDigest } from '../../../model/digest.ts';
import type { LockedPackage } from '../../../model/package-lock.ts';
import type { Stanza } from './deb822.ts';

const namePattern = /^[a-z0-9][a-z0-9+.-]{1,99}$/;
const versionPattern = /^[0-9][A-Za-z0-9.+:~-]{0,199}$/;
const poolPathPattern = /^pool(?:\/[A-Za-z0-9][A-Za-z0-9+.~_%-]*)+\.deb$/;

/** Whether a text can be the name of a Debian package (Debian Policy 5.6.1, at most 100 characters). */
export function isPackageName(text: string): boolean {
  return namePattern.test(text);
}

/** The lock entry of an index stanza; nothing where a field is missing or has a form that no archive uses. */
export function lockedPackage(
  stanza: Stanza,
  suite: string,
  isRequested: boolean,
): LockedPackage | undefined {
  const name = stanza.get('package') ?? '';
  const version = stanza.get('version') ?? '';
  const architecture = stanza.get('architecture') ?? '';
  const digest = `sha256:${stanza.get('sha256') ?? ''}`;
  const size = stanza.get('size') ?? '';
  const poolPath = stanza.get('filename') ?? '';
  const source = /^(\S+)(?: \((\S+)\))?$/.exec(stanza.get('source') ?? name);
  const sourceName = source?.[1] ?? '';
  const sourceVersion = source?.[2] ?? version;
  return isPackageName(name) &&
    isPackageName(sourceName) &&
    versionPattern.test(version) &&
    versionPattern.test(sourceVersion) &&
    /^[a-z0-9-]{1,30}$/.test(architecture) &&
    isDigest(digest) &&
    /^\d{1,13}$/.test(size) &&
    poolPathPattern.test(poolPath)
    ? {
        name,
        version,
        architecture,
        source: sourceName,
        sourceVersion,
        digest,
        sizeBytes: Number(size),
        poolPath,
        suite,
        ...(isRequested ? { requested: true as const } : {}),
      }
    : undefined;
}
