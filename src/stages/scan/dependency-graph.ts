import type { InstalledPackage } from './dpkg-status.ts';

/**
 * Which packages of an image each one depends on: for every dependency the first choice that is there, by name or by
 * what provides it, in the same architecture where there are several. What cannot be resolved is left out. In the
 * order of the packages.
 */
export function dependencyGraph<Package extends InstalledPackage>(
  packages: readonly Package[],
): ReadonlyMap<Package, readonly Package[]> {
  const byName = new Map<string, Package[]>();
  const byProvided = new Map<string, Package[]>();
  for (const entry of packages) {
    append(byName, entry.name, entry);
    for (const provided of entry.provides) {
      append(byProvided, provided, entry);
    }
  }
  const order = new Map(packages.map((entry, index) => [entry, index]));
  return new Map(
    packages.map((entry) => {
      const found = new Set<Package>();
      for (const choices of entry.depends) {
        const fulfilled = choices
          .map((name) => nearest(byName.get(name), entry) ?? nearest(byProvided.get(name), entry))
          .find((candidate) => candidate !== undefined);
        if (fulfilled !== undefined && fulfilled !== entry) {
          found.add(fulfilled);
        }
      }
      return [entry, [...found].sort((left, right) => (order.get(left) ?? 0) - (order.get(right) ?? 0))];
    }),
  );
}

function nearest<Package extends InstalledPackage>(
  candidates: readonly Package[] | undefined,
  dependent: Package,
): Package | undefined {
  return (
    candidates?.find((candidate) => candidate.architecture === dependent.architecture) ?? candidates?.[0]
  );
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) {
    lists.set(key, [value]);
  } else {
    list.push(value);
  }
}
