import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import type { ImageInputs } from '../../model/record.ts';
import { imageRecordPath, imageStatePath, revisionPath, runPath } from '../catalog/paths.ts';
import {
  type CatalogFacts,
  type ImageFacts,
  imageKey,
  type RevisionFacts,
  type RunFacts,
  type StateFacts,
} from './catalog-facts.ts';
import { checkStateInputs } from './check-state-inputs.ts';
import { finding } from './finding.ts';

/**
 * Every reference between records, checked as a database checks foreign keys (SK8054, SK8055). One to a record that the
 * catalog has, and this clone does not hold, is left alone.
 */
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
      ...(isAnyImageUnread(facts) ? [] : checkLineage(ancestors, image)),
    ]),
    ...[...facts.runs].flatMap(([id, run]) => [
      ...checkRun(facts, id, run),
      ...checkRunRevisions(facts, id, run),
    ]),
    ...[...facts.revisions.values()].flatMap((revision) => checkRevision(facts, revision)),
    ...checkStateInputs(facts),
  ];
}

function checkState(facts: CatalogFacts, name: string, state: StateFacts): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  if (state.active !== null && !hasImage(facts, name, state.active)) {
    findings.push(dangling(state.file, `the active version ${state.active}`));
  }
  if (state.failedRun !== null && !hasRun(facts, state.failedRun)) {
    findings.push(dangling(state.file, `the run ${state.failedRun}`));
  }
  return [...findings, ...checkInputs(facts, state.file, state.inputs)];
}

function checkImage(facts: CatalogFacts, image: ImageFacts): readonly Diagnostic[] {
  const { file, name, version, supersedes } = image;
  const findings = [...checkInputs(facts, file, image.inputs)];
  if (!facts.states.has(name) && !facts.unread.has(imageStatePath(name))) {
    findings.push(dangling(file, `a state of ${name}`));
  }
  if (supersedes !== null && !hasImage(facts, name, supersedes)) {
    findings.push(dangling(file, `the superseded version ${supersedes}`));
  }
  if (supersedesItself(facts, image)) {
    findings.push(finding('SK8055', file, `${file} supersedes itself by way of ${supersedes}`));
  }
  const run = facts.runs.get(image.run);
  if (run === undefined) {
    findings.push(...(hasRun(facts, image.run) ? [] : [dangling(file, `the run ${image.run}`)]));
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
    if (version !== null && record === undefined && hasImage(facts, name, version)) {
      return [];
    }
    if (outcome === 'built' && record?.run !== id) {
      return [dangling(run.file, `an image ${name} ${version ?? '(no version)'} that it built`)];
    }
    return version !== null && record === undefined
      ? [dangling(run.file, `the image ${name} ${version}`)]
      : [];
  });
}

function checkRevision(facts: CatalogFacts, revision: RevisionFacts): readonly Diagnostic[] {
  const run = facts.runs.get(revision.run);
  if (run === undefined) {
    return hasRun(facts, revision.run) ? [] : [dangling(revision.file, `the run ${revision.run}`)];
  }
  const isTold = run.revisions.some(
    ({ name, revision: number, outcome }) =>
      name === revision.name && number === revision.revision && outcome !== 'equal',
  );
  return isTold && run.desiredCommit === revision.desiredCommit
    ? []
    : [
        finding(
          'SK8055',
          revision.file,
          `the run ${revision.run} does not say that it made ${revision.file}`,
        ),
      ];
}

/** A run that made a revision is named by it. */
function checkRunRevisions(facts: CatalogFacts, id: string, run: RunFacts): readonly Diagnostic[] {
  return run.revisions.flatMap(({ name, revision, outcome }) => {
    const record = facts.revisions.get(`${name} ${revision}`);
    if (record === undefined) {
      return facts.unread.has(revisionPath(name, revision))
        ? []
        : [dangling(run.file, `revision ${revision} of ${name}`)];
    }
    return outcome === 'equal' || record.run === id
      ? []
      : [dangling(run.file, `revision ${revision} of ${name} that it made`)];
  });
}

function checkInputs(facts: CatalogFacts, file: string, inputs: ImageInputs | null): readonly Diagnostic[] {
  return inputs === null
    ? []
    : [...checkParent(facts, file, inputs.parent), ...checkBoundRevision(facts, file, inputs.allowList)];
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
    return hasImage(facts, parent.name, parent.version)
      ? []
      : [dangling(file, `the parent ${parent.name} ${parent.version}`)];
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

/** The revision that an image stands under is there and has the set that the image names. */
function checkBoundRevision(
  facts: CatalogFacts,
  file: string,
  bound: ImageInputs['allowList'],
): readonly Diagnostic[] {
  if (bound === undefined) {
    return [];
  }
  const { name, revision, set } = bound;
  const record = facts.revisions.get(`${name} ${revision}`);
  if (record === undefined) {
    return facts.unread.has(revisionPath(name, revision))
      ? []
      : [dangling(file, `revision ${revision} of ${name}`)];
  }
  return record.set === set
    ? []
    : [finding('SK8055', file, `${file} names another set than that of revision ${revision} of ${name}`)];
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

function hasImage(facts: CatalogFacts, name: string, version: string): boolean {
  return facts.images.has(imageKey(name, version)) || facts.unread.has(imageRecordPath(name, version));
}

function hasRun(facts: CatalogFacts, run: string): boolean {
  return facts.runs.has(run) || facts.unread.has(runPath(run));
}

function isAnyImageUnread({ unread }: CatalogFacts): boolean {
  return [...unread].some((path) => path.endsWith('/image.json'));
}

function dangling(file: string, what: string): Diagnostic {
  return finding('SK8054', file, `${file} refers to ${what}, and the catalog has none`);
}
