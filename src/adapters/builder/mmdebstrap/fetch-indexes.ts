import { readFile } from 'node:fs/promises';
import { digestOfBytes } from '../../../model/digest.ts';
import type { LockedIndex, PackageRequest } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { processSucceeded } from '../../process/process-diagnostic.ts';
import type { LocalStore } from '../../store/store.ts';
import type { WorkContext } from '../../work-context.ts';
import { aptFailure } from './apt-failure.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import type { MirrorUrls } from './mirrors.ts';
import type { PrivateApt } from './private-apt.ts';
import { parseReleaseFile } from './release-file.ts';

const releaseLimitBytes = 16 * 1024 * 1024;

/** Paths below a mirror, and below the release for the name that the release file has for it. */
export function indexPaths({ suite, component, architecture }: IndexName): {
  readonly release: string;
  readonly packages: string;
  readonly belowRelease: string;
} {
  const belowRelease = `${component}/binary-${architecture}/Packages`;
  return { release: `dists/${suite}/InRelease`, packages: `dists/${suite}/${belowRelease}`, belowRelease };
}

export interface IndexName {
  readonly suite: string;
  readonly component: string;
  readonly architecture: string;
}

/**
 * Lets apt fetch and check the indexes of its sources and puts them into the pool. SK4005 where the mirror does not
 * answer, SK4006 where a signature is not Debian's, SK4008 where an index is not what its release file names.
 */
export async function fetchIndexes(
  apt: PrivateApt,
  request: PackageRequest,
  mirrors: MirrorUrls,
  context: WorkContext,
): Promise<Result<readonly LockedIndex[]>> {
  const update = await apt.run('apt-get', ['update', '-q', '--error-on=any']);
  if (!processSucceeded(update)) {
    return failure(aptFailure(update, mirrors.url));
  }
  const targets = await apt.run('apt-get', [
    'indextargets',
    '--format',
    '$(RELEASE) $(COMPONENT) $(FILENAME)',
    'Created-By: Packages',
  ]);
  const files = new Map<string, string>();
  for (const line of targets.stdout.toString('utf8').split('\n')) {
    const [suite, component, file] = line.split(' ');
    if (suite !== undefined && component !== undefined && file !== undefined) {
      files.set(`${suite} ${component}`, file);
    }
  }
  const indexes: LockedIndex[] = [];
  for (const { suite, components } of request.suites) {
    for (const component of components) {
      const file = files.get(`${suite} ${component}`);
      const index =
        file === undefined
          ? failure(builderDiagnostic.unreadableIndex(`${suite}/${component}`))
          : await lockIndex({ suite, component, file, architecture: request.architecture }, context.cache);
      if (!index.ok) {
        return index;
      }
      indexes.push(index.value);
    }
  }
  return success(indexes);
}

interface FetchedIndex extends IndexName {
  /** Where apt put the `Packages` file. */
  readonly file: string;
}

async function lockIndex(fetched: FetchedIndex, cache: LocalStore): Promise<Result<LockedIndex>> {
  const { suite, component, architecture, file } = fetched;
  const paths = indexPaths(fetched);
  // Apt names both after the address: …_dists_SUITE_InRelease beside …_dists_SUITE_COMPONENT_binary-…_Packages.
  const releaseFile = file.replace(
    new RegExp(`_${component}_binary-${architecture}_Packages$`),
    '_InRelease',
  );
  const bytes = releaseFile === file ? undefined : await readFile(releaseFile).catch(() => undefined);
  const release =
    bytes === undefined || bytes.length > releaseLimitBytes
      ? undefined
      : parseReleaseFile(bytes.toString('utf8'));
  const named = release?.files.get(paths.belowRelease);
  if (bytes === undefined || release === undefined || named === undefined) {
    return failure(builderDiagnostic.unreadableIndex(`${suite}/InRelease`));
  }
  const packages = await cache.putFile(file, { expected: named.digest });
  if (!packages.ok) {
    return packages;
  }
  const stored = await cache.put([bytes], { expected: digestOfBytes(bytes) });
  return stored.ok
    ? success({
        suite,
        component,
        release: { path: paths.release, ...stored.value, date: release.date },
        packages: { path: paths.packages, ...packages.value },
      })
    : stored;
}
