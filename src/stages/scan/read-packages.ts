import { failure, type Result, success } from '../../model/result.ts';
import { entriesBelow } from '../../tree/entries-below.ts';
import { entryAt, realPath } from '../../tree/entry-at.ts';
import { fileAt, readContent } from '../../tree/read-text.ts';
import type { Tree } from '../../tree/tree.ts';
import { treeProblem } from '../../tree/tree-problem.ts';
import { type InstalledPackage, parseDpkgStatus } from './dpkg-status.ts';

const statusPath = 'var/lib/dpkg/status';
/** One file a package, as images without dpkg have it. */
const statusFolder = 'var/lib/dpkg/status.d';
/** A Debian system with every package of the release stays below. */
const statusLimitBytes = 128 * 1024 * 1024;

/** The installed packages of a tree. SK5550 where its dpkg database is missing, too large or damaged. */
export function readPackages(tree: Tree): Result<readonly InstalledPackage[]> {
  const paths = [...(entryAt(tree, statusPath) === undefined ? [] : [statusPath]), ...statusFiles(tree)];
  if (paths.length === 0) {
    return unusable(`the image has no package database /${statusPath}`);
  }
  const packages: InstalledPackage[] = [];
  let sizeBytes = 0;
  for (const path of paths) {
    const file = fileAt(tree, path);
    if (file === undefined) {
      return unusable(`/${path} of the image is not a file`);
    }
    sizeBytes += file.sizeBytes;
    if (sizeBytes > statusLimitBytes) {
      return unusable(`the package database of the image has more than ${statusLimitBytes} bytes`);
    }
    const parsed = parseDpkgStatus(Buffer.from(readContent(file)).toString('utf8'), path);
    if (!parsed.ok) {
      return parsed;
    }
    packages.push(...parsed.value);
  }
  return success(packages);
}

function statusFiles(tree: Tree): readonly string[] {
  const folder = realPath(tree, statusFolder);
  const paths = folder === undefined ? [] : [...entriesBelow(tree, folder)].map(({ path }) => path);
  return paths.filter((path) => !path.endsWith('.md5sums'));
}

function unusable(message: string) {
  return failure(treeProblem('SK5550', message, 'build on a tree of Debian packages'));
}
