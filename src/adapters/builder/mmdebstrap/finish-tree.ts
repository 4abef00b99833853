import type { PackageLock } from '../../../model/package-lock.ts';
import { failure, type Result } from '../../../model/result.ts';
import { readText } from '../../../tree/read-text.ts';
import { replaceEntries, type TreeChange } from '../../../tree/replace-entries.ts';
import type { Tree } from '../../../tree/tree.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { differenceFromLock, extendedStates, parseStatus } from './installed-packages.ts';
import { imageSourceLines } from './source-lines.ts';

export interface Finish {
  readonly lock: PackageLock;
  readonly parent: Tree | undefined;
  /** Dpkg's status after the first phase of a tree without a parent. */
  readonly essentialStatus: string | undefined;
}

const statusPath = 'var/lib/dpkg/status';
const extendedStatesPath = 'var/lib/apt/extended_states';
const textLimitBytes = 64 * 1024 * 1024;

/** Left by mmdebstrap for its own run. */
const mmdebstrapFiles = ['etc/apt/apt.conf.d/99mmdebstrap', 'etc/dpkg/dpkg.cfg.d/99mmdebstrap'];

/** Made from other files of the tree, with their times inside or in an order that differs. */
const derived = /^usr\/(?:.*\/)?__pycache__$|^var\/cache\/man\/[^/]+$/;

/**
 * A tree that mmdebstrap built as it would be from a mirror: checked against the lock (SK4011), with the sources and
 * automatic marks that apt would have written, without what mmdebstrap and caches left.
 */
export function finishTree(tree: Tree, { lock, parent, essentialStatus }: Finish): Result<Tree> {
  const parentPackages =
    parent === undefined ? [] : parseStatus(readText(parent, statusPath, textLimitBytes) ?? '');
  const installed = parseStatus(readText(tree, statusPath, textLimitBytes) ?? '');
  const difference = differenceFromLock(installed, lock.packages, parentPackages);
  if (difference !== undefined) {
    return failure(builderDiagnostic.notWhatWasLocked(difference));
  }
  const manual = new Set(
    (essentialStatus === undefined ? parentPackages : parseStatus(essentialStatus)).map(({ name }) => name),
  );
  const states = extendedStates(
    parent === undefined ? '' : (readText(parent, extendedStatesPath, textLimitBytes) ?? ''),
    lock.packages,
    manual,
    lock.architecture,
  );
  const text = (path: string, content: string): TreeChange => ({
    set: {
      type: 'file',
      path,
      mode: 0o644,
      uid: 0,
      gid: 0,
      modifiedAt: lock.sourceDateEpoch,
      sizeBytes: Buffer.byteLength(content),
      content: { at: 'memory', bytes: Buffer.from(content) },
    },
  });
  return replaceEntries(tree, [
    ...[...mmdebstrapFiles, ...tree.entries.map(({ path }) => path).filter((path) => derived.test(path))].map(
      (path) => ({ remove: path }),
    ),
    ...(states === '' ? [] : [text(extendedStatesPath, states)]),
    ...(parent === undefined ? [text('etc/apt/sources.list', imageSourceLines(lock.indexes))] : []),
  ]);
}
