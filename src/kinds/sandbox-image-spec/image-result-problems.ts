import { builtInBuilder } from '../../adapters/builder/builder.ts';
import type { Action } from '../../model/action.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { isDigest } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { Ancestor, BuildArtifact, SmokeTestResult } from '../../model/record.ts';
import type { PrepareInput } from '../../stages/prepare.ts';
import type { ScanInput } from '../../stages/scan.ts';
import type { SmokeInput } from '../../stages/smoke/smoke-input.ts';
import { type SmokeTest, tiersOf } from '../../stages/smoke/smoke-test.ts';
import { inputOf } from '../../stages/stage-input.ts';
import type { ImageEvidence } from './image-evidence.ts';
import { outputOf, packedArtifacts, smokeResults } from './image-outputs.ts';
import { packageRequest } from './package-request.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** What a result of an image is held against. */
export interface ExpectedImage {
  /** The actions of the change, made again from the plan. */
  readonly actions: readonly Action[];
  /** What children of the parent stand on, where the same result has made it: of its {@link CheckedImage}. */
  readonly parentLineage: readonly Ancestor[] | undefined;
}

/** What signing adds to the artifacts. */
const documentNames = ['packages.json', 'sbom.cdx.json', 'sbom.intoto.jsonl'];

/** The artifacts are those of the packers, each declared output is there, and the tree is the one that was packed. */
export function outputProblems(
  result: ChangeResult,
  actions: readonly Action[],
  spec: ResolvedImage,
  { artifacts, tree }: ImageEvidence,
): readonly string[] {
  const packed = actions
    .filter(({ stage }) => stage === 'pack')
    .flatMap((action) => packedArtifacts(outputOf(result, action)))
    .sort(byName);
  const names = new Set([...artifacts.map(({ name }) => name), ...documentNames]);
  const missing = spec.outputs.filter((output) => !artifacts.some(({ format }) => format === output));
  const trees = actions
    .filter(({ stage }) => stage === 'customise')
    .map((action) => outputOf(result, action).blobs['tree']);
  return [
    ...unlessEqual([...artifacts].sort(byName), packed, 'its artifacts are not those that were packed'),
    ...(names.size === artifacts.length + documentNames.length ? [] : ['two of its artifacts have one name']),
    ...missing.map((output) => `it has no output ${output}`),
    ...unlessEqual([tree], trees, 'its tree is not the one that was packed'),
  ];
}

/** The report is about the tree, and the tree is within the budget. */
export function sizeProblems(actions: readonly Action[], { size, tree }: ImageEvidence): readonly string[] {
  const scan = actions.find(({ stage }) => stage === 'scan');
  if (scan === undefined) {
    return [];
  }
  const { previousTreeBytes, budgetBytes } = inputOf<ScanInput>(scan);
  const { largestPackages: _, ...told } = size;
  return [
    ...unlessEqual(
      told,
      { treeBytes: tree.sizeBytes, previousTreeBytes, budgetBytes },
      'its size report is not about its tree',
    ),
    ...(budgetBytes !== null && size.treeBytes > budgetBytes ? ['its tree is over the budget'] : []),
  ];
}

/** Every declared test was run where it had to, and none failed. */
export function smokeProblems(result: ChangeResult, actions: readonly Action[]): readonly string[] {
  const declared = new Map<string, SmokeTest>();
  const told: SmokeTestResult[] = [];
  const problems: string[] = [];
  for (const action of actions.filter(({ stage }) => stage === 'smoke')) {
    const { tier, tests, impossible } = inputOf<SmokeInput>(action);
    const results = smokeResults(outputOf(result, action));
    told.push(...results);
    for (const test of tests) {
      declared.set(test.name, test);
    }
    if (
      results.some((each) => each.tier !== tier) ||
      !results.some(({ name }) => name.startsWith('built-in: '))
    ) {
      problems.push(`its smoke tests of tier ${tier} are not those of that tier`);
    }
    problems.push(...impossible.map(({ name }) => `its smoke test ${JSON.stringify(name)} cannot pass`));
  }
  for (const { name, outcome } of told.filter(({ outcome }) => outcome === 'failed')) {
    problems.push(`its smoke test ${JSON.stringify(name)} ${outcome}`);
  }
  for (const test of declared.values()) {
    if (!told.some((each) => isResultOf(each, test))) {
      problems.push(`its smoke test ${JSON.stringify(test.name)} was not run`);
    }
  }
  return problems;
}

/** Tiers 1 and 3 go without a test where the host lacks a program for it; the others do not. */
function isResultOf({ name, tier, outcome }: SmokeTestResult, test: SmokeTest): boolean {
  const mayBeLeftOut = tier === 1 || tier === 3;
  return (
    (name === test.name || name === `${test.name} (bios)` || name === `${test.name} (uefi)`) &&
    tiersOf(test).includes(tier) &&
    (outcome === 'passed' || mayBeLeftOut)
  );
}

/** There is a lock where the image adds packages, and it is the kept one where the plan keeps it. */
export function lockProblems(
  { change }: ChangeResult,
  spec: ResolvedImage,
  { lock }: ImageEvidence,
): readonly string[] {
  const isLocked = packageRequest(spec, null) !== undefined;
  const kept = change.inputs['lock'];
  return [
    ...(lock !== null && !isLocked ? ['it has a package lock and adds no packages'] : []),
    ...(lock === null && isLocked && spec.builder === builtInBuilder ? ['it has no package lock'] : []),
    ...(isDigest(kept) && lock?.digest !== kept
      ? ['its package lock is not the one that the plan keeps']
      : []),
  ];
}

/** It stands on the parent that the catalog, or the result of the parent, has. */
export function lineageProblems(
  { actions, parentLineage }: ExpectedImage,
  evidence: ImageEvidence,
): readonly string[] {
  const prepare = actions.find(({ stage }) => stage === 'prepare');
  const parent = prepare === undefined ? null : inputOf<PrepareInput>(prepare).lineage;
  const wanted = prepare === undefined ? [] : (parentLineage ?? parent);
  return unlessEqual(evidence.lineage, wanted, 'it does not stand on its parent');
}

/** A clause where the two are not the same JSON. */
function unlessEqual(found: object | null, wanted: object | null, clause: string): readonly string[] {
  return canonicalJson(found) === canonicalJson(wanted) ? [] : [clause];
}

function byName(left: BuildArtifact, right: BuildArtifact): number {
  return compareCodePoints(left.name, right.name);
}
