import { canonicalJson } from '../../model/canonical-json.ts';
import { changeDigest } from '../../model/change-digest.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { parseCatalogPath } from '../catalog/paths.ts';
import { type CatalogFacts, imageKey } from './catalog-facts.ts';
import { finding } from './finding.ts';

/**
 * The inputs that a state holds, which plans go by: those of the record that it names, or others under which some run came
 * to the same (SK8055). Left alone where this clone does not hold every run.
 */
export function checkStateInputs(facts: CatalogFacts): readonly Diagnostic[] {
  if ([...facts.unread].some((path) => parseCatalogPath(path)?.holds === 'run')) {
    return [];
  }
  const equal = equalResults(facts);
  return [...imagesElsewhere(facts, equal), ...listsElsewhere(facts, equal)].map((file) =>
    finding('SK8055', file, `${file} holds inputs under which no run came to what it names`),
  );
}

function imagesElsewhere(facts: CatalogFacts, equal: ReadonlySet<string>): readonly string[] {
  return [...facts.states].flatMap(([name, { file, active, inputs }]) => {
    const image = active === null ? undefined : facts.images.get(imageKey(name, active));
    const isKnown =
      image === undefined || isSame(image.inputs, inputs) || equal.has(imageKey(name, image.version));
    return isKnown ? [] : [file];
  });
}

function listsElsewhere(facts: CatalogFacts, equal: ReadonlySet<string>): readonly string[] {
  return [...facts.listStates].flatMap(([name, { file, revision, inputs }]) => {
    const record = facts.revisions.get(`${name} ${revision}`);
    if (record === undefined || isSame(record.inputs, inputs)) {
      return [];
    }
    const change = changeDigest({ kind: 'AllowList', name }, String(revision), { ...inputs });
    return equal.has(listKey(name, revision, change)) ? [] : [file];
  });
}

function isSame(left: object | null, right: object | null): boolean {
  return canonicalJson({ ...left }) === canonicalJson({ ...right });
}

/** What runs found to be the same as before: images by name and version, revisions with the change as well. */
function equalResults({ runs }: CatalogFacts): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { images, revisions } of runs.values()) {
    for (const { name, version, outcome } of images) {
      if (outcome === 'equal' && version !== null) {
        keys.add(imageKey(name, version));
      }
    }
    for (const { name, revision, outcome, changeDigest: change } of revisions) {
      if (outcome === 'equal') {
        keys.add(listKey(name, revision, change));
      }
    }
  }
  return keys;
}

function listKey(name: string, revision: number, change: Digest): string {
  return `${name} ${revision} ${change}`;
}
