import { describe, expect, it } from 'vitest';
import { revisionPath } from '../../../src/engine/catalog/paths.ts';
import type { CatalogFacts, RevisionFacts } from '../../../src/engine/verify/catalog-facts.ts';
import { checkReferences } from '../../../src/engine/verify/check-references.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { BoundRevision, ImageInputs } from '../../../src/model/record.ts';

const set = digestOfBytes('set');
const run = '20261120T110000Z-1a2b3c4d';
const desiredCommit = 'a'.repeat(40);

/** A catalog with revision 3 of a list, and an image whose state says that it stands under `bound`. */
function factsOf(bound: BoundRevision | undefined, more: Partial<CatalogFacts> = {}): CatalogFacts {
  const revision: RevisionFacts = {
    file: revisionPath('egress', 3),
    name: 'egress',
    revision: 3,
    run,
    desiredCommit,
    set,
    blobs: [],
    inputs: null,
    decisions: [],
    isEmptied: false,
  };
  const made = { name: 'egress', revision: 3, outcome: 'revised', changeDigest: digestOfBytes('change') };
  const inputs: ImageInputs = {
    spec: digestOfBytes('spec'),
    files: {},
    lock: null,
    parent: null,
    ...(bound === undefined ? {} : { allowList: bound }),
  };
  return {
    images: new Map(),
    states: new Map([['web', { file: 'state.json', active: null, inputs, failedRun: null }]]),
    runs: new Map([[run, { file: 'run.json', desiredCommit, images: [], revisions: [made], logs: [] }]]),
    revisions: new Map([['egress 3', revision]]),
    listStates: new Map(),
    longLists: [],
    unread: new Set(),
    ...more,
  };
}

function told(facts: CatalogFacts): readonly string[] {
  return checkReferences(facts).map(({ code, message }) => `${code} ${message}`);
}

describe('the revision that an image stands under', () => {
  it('is there and has the set that the image names', () => {
    expect(told(factsOf(undefined))).toEqual([]);
    expect(told(factsOf({ name: 'egress', revision: 3, set }))).toEqual([]);
  });

  it.each([
    { name: 'egress', revision: 4 },
    { name: 'other', revision: 3 },
  ])('is a finding where there is none: revision $revision of $name', ({ name, revision }) => {
    expect(told(factsOf({ name, revision, set }))).toEqual([
      `SK8054 state.json refers to revision ${revision} of ${name}, and the catalog has none`,
    ]);
  });

  it('is a finding where it has another set', () => {
    expect(told(factsOf({ name: 'egress', revision: 3, set: digestOfBytes('wider') }))).toEqual([
      'SK8055 state.json names another set than that of revision 3 of egress',
    ]);
  });

  it('is left alone where this clone does not hold it', () => {
    const facts = factsOf({ name: 'egress', revision: 3, set }, { revisions: new Map(), runs: new Map() });
    expect(told(facts)).toHaveLength(1);
    expect(told({ ...facts, unread: new Set([revisionPath('egress', 3)]) })).toEqual([]);
  });
});
