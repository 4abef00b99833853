import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfJson } from '../../../model/digest.ts';
import { compareCodePoints } from '../../../model/json.ts';
import type { LockedIndex, LockedPackage, PackageLock, PackageRequest } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { readText } from '../../../tree/read-text.ts';
import { readTree } from '../../../tree/read-tree.ts';
import type { Clock } from '../../clock/clock.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { LocalStore } from '../../store/store.ts';
import type { WorkContext } from '../../work-context.ts';
import type { LockRequest } from '../builder.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { fetchPackages } from './fetch-packages.ts';
import type { HostApt } from './host-apt.ts';
import { parseStatus } from './installed-packages.ts';
import { isPackageName, lockedPackage } from './locked-package.ts';
import { mirrorUrls } from './mirrors.ts';
import { obtainIndexes } from './obtain-indexes.ts';
import { packageNames, packagesNamed } from './package-index.ts';
import { createPrivateApt } from './private-apt.ts';
import { type ResolvedPackage, resolvePackages } from './resolve-packages.ts';

export interface LockPorts {
  readonly processes: ProcessRunner;
  readonly clock: Clock;
  readonly hostApt: () => Promise<HostApt>;
}

const statusLimitBytes = 64 * 1024 * 1024;

/**
 * Resolves a request with apt's own resolver and fills the pool. With the indexes of an earlier lock, and those and
 * the packages in the pool, no mirror is asked. SK4001 to SK4012.
 */
export async function lockPackages(
  { request, mirror, indexes: earlier, parentTree }: LockRequest,
  context: WorkContext,
  ports: LockPorts,
): Promise<Result<PackageLock>> {
  const unusable = request.packages.filter((name) => !isPackageName(name));
  if (unusable.length > 0) {
    return failure(...unusable.map(builderDiagnostic.unusablePackageName));
  }
  const host = await ports.hostApt();
  const mirrors = mirrorUrls(
    mirror,
    request.suites.map(({ suite }) => suite),
    host.sources,
  );
  const folder = await mkdtemp(join(context.scratch.path, 'lock-'));
  const status = parentTree === undefined ? success('') : await installedStatus(parentTree);
  if (!status.ok) {
    return status;
  }
  const apt = await createPrivateApt({
    processes: ports.processes,
    context,
    folder: join(folder, 'apt'),
    architecture: request.architecture,
    status: status.value,
    acquire: host.acquire,
  });
  if (!apt.ok) {
    return apt;
  }
  const indexes = await obtainIndexes(apt.value, request, earlier, mirrors, context);
  if (!indexes.ok) {
    return indexes;
  }
  const sourceDateEpoch = newestDate(indexes.value, ports.clock.now());
  if (sourceDateEpoch === undefined) {
    return failure(
      builderDiagnostic.clockBehind(indexes.value.map(({ release }) => release.date).join(', ')),
    );
  }

  const resolved = await resolvePackages(apt.value, request, {
    installed: new Set(parseStatus(status.value).map(({ name }) => name)),
    knownNames: () => knownNames(indexes.value, context.cache),
  });
  if (!resolved.ok) {
    return resolved;
  }
  const packages = await lockResolved(resolved.value, request, indexes.value, context.cache);
  if (!packages.ok) {
    return packages;
  }
  const fetched = await fetchPackages(packages.value, apt.value, mirrors, context);
  if (!fetched.ok) {
    return fetched;
  }
  return success({
    formatVersion: 1,
    distribution: request.distribution,
    release: request.release,
    architecture: request.architecture,
    request: digestOfJson(request),
    sourceDateEpoch,
    indexes: indexes.value,
    packages: packages.value,
  });
}

async function installedStatus(parentTree: string): Promise<Result<string>> {
  const tree = await readTree(parentTree);
  return tree.ok ? success(readText(tree.value, 'var/lib/dpkg/status', statusLimitBytes) ?? '') : tree;
}

/** The lock entries of resolved packages, sorted; each from the first index that has exactly that version. */
async function lockResolved(
  resolved: readonly ResolvedPackage[],
  request: PackageRequest,
  indexes: readonly LockedIndex[],
  cache: LocalStore,
): Promise<Result<readonly LockedPackage[]>> {
  const names = new Set(resolved.map(({ name }) => name));
  const requested = new Set(request.packages);
  const found = new Map<string, LockedPackage>();
  for (const { suite, packages } of indexes) {
    for await (const { fields } of packagesNamed(cache.pathOf(packages.digest), names)) {
      const entry = lockedPackage(fields, suite, requested.has(fields.get('package') ?? ''));
      if (entry !== undefined && !found.has(versionKey(entry))) {
        found.set(versionKey(entry), entry);
      }
    }
  }
  const locked: LockedPackage[] = [];
  for (const wanted of resolved) {
    const entry = found.get(versionKey(wanted));
    if (entry === undefined) {
      return failure(builderDiagnostic.unreadableIndex(`entry of ${wanted.name} ${wanted.version}`));
    }
    locked.push(entry);
  }
  return success(
    locked.sort(
      (a, b) => compareCodePoints(a.name, b.name) || compareCodePoints(a.architecture, b.architecture),
    ),
  );
}

function versionKey({ name, version, architecture }: ResolvedPackage): string {
  return `${name} ${version} ${architecture}`;
}

/** Seconds since 1970 of the newest index that is not from the future. */
function newestDate(indexes: readonly LockedIndex[], now: Date): number | undefined {
  const dates = indexes
    .map(({ release }) => Date.parse(release.date))
    .filter((date) => date <= now.getTime());
  return dates.length === 0 ? undefined : Math.floor(Math.max(...dates) / 1000);
}

async function knownNames(indexes: readonly LockedIndex[], cache: LocalStore): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { packages } of indexes) {
    for await (const name of packageNames(cache.pathOf(packages.digest))) {
      names.add(name);
    }
  }
  return [...names];
}
