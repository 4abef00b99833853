import { compareCodePoints } from '../../../model/json.ts';
import type { LockedPackage } from '../../../model/package-lock.ts';
import { parseStanza, splitStanzas } from './deb822.ts';

/** A package that dpkg calls installed. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** The installed packages of a dpkg status file. */
export function parseStatus(text: string): readonly InstalledPackage[] {
  return splitStanzas(text).flatMap((part) => {
    const stanza = parseStanza(part);
    const name = stanza?.get('package');
    const version = stanza?.get('version');
    const architecture = stanza?.get('architecture');
    return name !== undefined &&
      version !== undefined &&
      architecture !== undefined &&
      stanza?.get('status') === 'install ok installed'
      ? [{ name, version, architecture }]
      : [];
  });
}

/** The first way in which a tree does not have the locked packages, and the parent's, and no others. */
export function differenceFromLock(
  installed: readonly InstalledPackage[],
  locked: readonly LockedPackage[],
  parent: readonly InstalledPackage[],
): string | undefined {
  const wanted = new Map([...parent, ...locked].map((entry) => [entry.name, entry.version]));
  const there = new Map(installed.map((entry) => [entry.name, entry.version]));
  for (const [name, version] of wanted) {
    const found = there.get(name);
    if (found !== version) {
      return found === undefined
        ? `${name} ${version} is not installed`
        : `${name} is ${found}, not ${version}`;
    }
  }
  const surplus = installed.find(({ name }) => !wanted.has(name));
  return surplus === undefined ? undefined : `${surplus.name} ${surplus.version} was not locked`;
}

/**
 * Apt's `extended_states` with the locked packages that nobody asked for marked as automatic, as apt would have
 * marked them. `former` is the text before; `manual` are names that were there already.
 */
export function extendedStates(
  former: string,
  locked: readonly LockedPackage[],
  manual: ReadonlySet<string>,
  architecture: string,
): string {
  const known = new Set(splitStanzas(former).map((part) => parseStanza(part)?.get('package')));
  const added = locked
    .filter(({ name, requested }) => requested !== true && !manual.has(name) && !known.has(name))
    .map(({ name }) => name)
    .sort(compareCodePoints)
    // Apt keeps the mark of a package for all architectures under the native one.
    .map((name) => `Package: ${name}\nArchitecture: ${architecture}\nAuto-Installed: 1\n\n`);
  return former + added.join('');
}
