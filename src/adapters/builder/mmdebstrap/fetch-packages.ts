import { join } from 'node:path';
import { hexOf } from '../../../model/digest.ts';
import type { LockedPackage } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { processFailure, processSucceeded } from '../../process/process-diagnostic.ts';
import type { WorkContext } from '../../work-context.ts';
import { errorLines } from './apt-failure.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { isSecuritySuite, type MirrorUrls } from './mirrors.ts';
import type { PrivateApt } from './private-apt.ts';

/** Keeps the argument list well below what the kernel takes. */
const batchSize = 300;

/**
 * Downloads the packages that the pool lacks, by apt's own transport, and puts them into the pool under their locked
 * digests. SK4010 where one cannot be had.
 */
export async function fetchPackages(
  packages: readonly LockedPackage[],
  apt: PrivateApt,
  mirrors: MirrorUrls,
  context: WorkContext,
): Promise<Result<void>> {
  const missing = await notPooled(packages, context);
  const folder = join(apt.folder, 'downloads');
  for (let start = 0; start < missing.length; start += batchSize) {
    const batch = missing.slice(start, start + batchSize);
    const result = await apt.run('apt-helper', [
      'download-file',
      ...batch.flatMap(({ digest, poolPath, suite }) => [
        `${isSecuritySuite(suite) ? mirrors.securityUrl : mirrors.url}/${poolPath}`,
        join(folder, hexOf(digest)),
        `SHA256:${hexOf(digest)}`,
      ]),
    ]);
    if (!processSucceeded(result)) {
      return failure(
        result.ended === 'exited'
          ? builderDiagnostic.packageGone(batch[0]?.poolPath ?? '', errorLines(result.stderr))
          : processFailure({ file: 'apt-helper', arguments: [] }, result, {
              code: 'SK4010',
              what: 'downloading packages',
              hint: 'run again',
            }),
      );
    }
    for (const { digest } of batch) {
      const stored = await context.cache.putFile(join(folder, hexOf(digest)), {
        expected: digest,
        move: true,
      });
      if (!stored.ok) {
        return stored;
      }
    }
  }
  context.log(`packages: ${packages.length} locked, ${missing.length} fetched, the others were in the pool`);
  return success(undefined);
}

/** Those whose bytes are not in the pool. */
export async function notPooled(
  packages: readonly LockedPackage[],
  context: WorkContext,
): Promise<readonly LockedPackage[]> {
  const there = await context.cache.has(packages);
  return packages.filter(({ digest }) => !there.has(digest));
}
