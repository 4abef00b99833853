import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, StageOutput } from '../model/action.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { SizeReport } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import { readText } from '../tree/read-text.ts';
import { readTree } from '../tree/read-tree.ts';
import { neededLock } from './needed-lock.ts';
import { cycloneDx } from './scan/cyclone-dx.ts';
import { parseOsRelease } from './scan/os-release.ts';
import { packageManifest, scannedPackages } from './scan/package-manifest.ts';
import { readPackages } from './scan/read-packages.ts';
import { overBudget, sizeReport } from './scan/size-report.ts';
import { asJson, inputOf, neededBlob, neededData } from './stage-input.ts';

export interface ScanInput {
  /** The image's name. */
  readonly image: string;
  /** Size of the active image's tree; null where there is none. */
  readonly previousTreeBytes: number | null;
  /** A larger tree fails; null: no limit. */
  readonly budgetBytes: number | null;
}

/** What later stages and the record read. */
export interface ScanData {
  readonly size: SizeReport;
  readonly packageCount: number;
}

const osReleaseLimitBytes = 64 * 1024;

/**
 * Says what is in a tree, from its own package database: nothing of the image is run. Needs blob `tree` and data
 * `sourceDateEpoch`; where there is a blob `packages.lock.json`, packages that it names get their digests. Output:
 * blobs `sbom.cdx.json` and `packages.json`, data {@link ScanData}. SK5550 for a package database, SK5551 for an
 * os-release that cannot be read, SK5552 for a tree over its budget.
 */
export function createScanStage(): Stage {
  return {
    name: 'scan',
    version: 1,
    effect: 'pure',
    fingerprint: async () => success({ tools: {}, environment: {} }),
    run: scan,
  };
}

async function scan(action: Action, context: StageContext): Promise<Result<StageOutput>> {
  const { image, previousTreeBytes, budgetBytes } = inputOf<ScanInput>(action);
  const blob = neededBlob(context, 'tree');
  const sourceDateEpoch = neededData<number>(context, 'sourceDateEpoch');
  if (blob === undefined || sourceDateEpoch === undefined) {
    throw new TypeError('scan needs a tree and its source date epoch');
  }
  const tree = await readTree(context.cache.pathOf(blob.digest));
  if (!tree.ok) {
    return tree;
  }
  const [installed, lock] = [readPackages(tree.value), await neededLock(context)];
  const system = parseOsRelease(readText(tree.value, 'usr/lib/os-release', osReleaseLimitBytes) ?? '');
  if (!installed.ok || !lock.ok || !system.ok) {
    return failure(...[installed, lock, system].flatMap((result) => (result.ok ? [] : result.diagnostics)));
  }
  const size = sizeReport(installed.value, { treeBytes: blob.sizeBytes, previousTreeBytes, budgetBytes });
  const tooLarge = overBudget(size);
  if (tooLarge !== undefined) {
    return failure(tooLarge);
  }
  const packages = scannedPackages(installed.value, lock.value);
  const sbom = cycloneDx({ name: image, tree: blob.digest, system: system.value, packages, sourceDateEpoch });
  const manifest = `${canonicalJson(packageManifest(packages, system.value))}\n`;
  const storedSbom = await context.cache.put([Buffer.from(sbom)]);
  if (!storedSbom.ok) {
    return storedSbom;
  }
  const storedManifest = await context.cache.put([Buffer.from(manifest)]);
  if (!storedManifest.ok) {
    return storedManifest;
  }
  context.log(`${packages.length} packages`);
  return success({
    blobs: { 'sbom.cdx.json': storedSbom.value, 'packages.json': storedManifest.value },
    data: asJson<ScanData>({ size, packageCount: packages.length }),
  });
}
