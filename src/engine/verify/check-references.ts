import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { ImageInputs } from '../../model/record.ts';
import {
  type CatalogFacts,
  type ImageFacts,
  imageKey,
  type RunFacts,
  type StateFacts,
} from './catalog-facts.ts';
import { finding } from './finding.ts';

/** Every reference between records, checked as a database checks foreign keys (SK8054, SK8055). */
export function checkReferences(facts: CatalogFacts): readonly Diagnostic[] {
  const ancestors = new Set(
    [...facts.images.values()].flatMap((image) =>
      image.artifacts.map((artifact) => ancestorKey(image.name, image.tree, artifact.digest)),
    ),
  );
  return [
    ...[...facts.states].flatMap(([name, state]) => checkState(facts, name, state)),
    ...[...facts.images.values()].flatMap((image) => [
      ...checkImage(facts, image),
      ...checkLineage(ancestors, image),
    ]),
    ...[...facts.runs].flatMap(([id, run]) => checkRun(facts, id, run)),
  ];
}

function checkState(facts: CatalogFacts, name: string, state: StateFacts): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  if (state.active !== null && !facts.images.has(imageKey(name, state.active))) {
    findings.push(dangling(state.file, `the active version ${state.active}`));
  }
  if (state.failedRun !== null && !facts.runs.has(state.failedRun)) {
    findings.push(dangling(state.file, `the run ${state.failedRun}`));
  }
  return [...findings, ...checkParent(facts, state.file, state.parent)];
}

function checkImage(facts: CatalogFacts, image: ImageFacts): readonly Diagnostic[] {
  const { file, name, version, supersedes } = image;
  const findings = [...checkParent(facts, file, image.parent)];
  if (!facts.states.has(name)) {
    findings.push(dangling(file, `a state of ${name}`));
  }
  if (supersedes !== null && !facts.images.has(imageKey(name, supersedes))) {
    findings.push(dangling(file, `the superseded version ${supersedes}`));
  }
  if (supersedesItself(facts, image)) {
    findings.push(finding('SK8055', file, `${file} supersedes itself by way of ${supersedes}`));
  }
  const run = facts.runs.get(image.run);
  if (run === undefined) {
    findings.push(dangling(file, `the run ${image.run}`));
  } else if (
    !run.images.some((one) => one.outcome === 'built' && one.name === name && one.version === version)
  ) {
    findings.push(
      finding('SK8055', file, `the run ${image.run} does not say that it built ${name} ${version}`),
    );
  } else if (run.desiredCommit !== image.desiredCommit) {
    findings.push(finding('SK8055', file, `${file} and its run name different desired commits`));
  }
  return findings;
}

function checkRun(facts: CatalogFacts, id: string, run: RunFacts): readonly Diagnostic[] {
  return run.images.flatMap((image) => {
    const { name, version, outcome } = image;
    const record = version === null ? undefined : facts.images.get(imageKey(name, version));
    if (outcome === 'built' && record?.run !== id) {
      return [dangling(run.file, `an image ${name} ${version ?? '(no version)'} that it built`)];
    }
    return version !== null && record === undefined
      ? [dangling(run.file, `the image ${name} ${version}`)]
      : [];
  });
}

function checkParent(
  facts: CatalogFacts,
  file: string,
  parent: ImageInputs['parent'],
): readonly Diagnostic[] {
  if (parent === null) {
    return [];
  }
  const record = facts.images.get(imageKey(parent.name, parent.version));
  if (record === undefined) {
    return [dangling(file, `the parent ${parent.name} ${parent.version}`)];
  }
  return record.tree === parent.tree
    ? []
    : [
        finding(
          'SK8055',
          file,
          `${file} was built on another tree than that of ${parent.name} ${parent.version}`,
        ),
      ];
}

/** Each ancestor is a tree and an archive of some image that the catalog holds. */
function checkLineage(ancestors: ReadonlySet<string>, image: ImageFacts): readonly Diagnostic[] {
  return image.lineage
    .filter(({ name, tree, archive }) => !ancestors.has(ancestorKey(name, tree.digest, archive.digest)))
    .map(({ name }) => dangling(image.file, `the ancestor ${name} with its archive`));
}

function ancestorKey(name: string, tree: Digest, archive: Digest): string {
  return `${name} ${tree} ${archive}`;
}

/** Walks at most to the first version seen twice, so a ring of other versions ends the walk as well. */
function supersedesItself(facts: CatalogFacts, image: ImageFacts): boolean {
  const seen = new Set<string>();
  let next = image.supersedes;
  while (next !== null && next !== image.version && !seen.has(next)) {
    seen.add(next);
    next = facts.images.get(imageKey(image.name, next))?.supersedes ?? null;
  }
  return next === image.version;
}

function dangling(file: string, what: string): Diagnostic {
  return finding('SK8054', file, `${file} refers to ${what}, and the catalog has none`);
}
