import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CatalogView } from '../../../src/engine/catalog/catalog-view.ts';
import { pipelineActions } from '../../../src/engine/pipeline.ts';
import { imagePipeline } from '../../../src/kinds/sandbox-image-spec/image-pipeline.ts';
import { foldedEpoch } from '../../../src/kinds/sandbox-image-spec/package-request.ts';
import type { Action } from '../../../src/model/action.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { PackageLock } from '../../../src/model/package-lock.ts';
import type { Files } from '../../rig/desired-files.ts';
import { builtCatalog, emptyCatalog, planOf, resourcesOf } from '../../rig/planned-images.ts';
import { imageText } from '../../rig/sandkiln-program.ts';

const lock: PackageLock = {
  formatVersion: 1,
  distribution: 'debian',
  release: 'bookworm',
  architecture: 'amd64',
  request: digestOfBytes('request'),
  sourceDateEpoch: 1,
  indexes: [],
  packages: [],
};

function actionsOf(desired: Files, catalog: CatalogView = emptyCatalog): readonly Action[] {
  const resources = resourcesOf(desired);
  return pipelineActions(
    {
      plan: planOf(desired, catalog).plan,
      resource: (kind, name) =>
        resources.find(({ identity }) => identity.kind === kind && identity.name === name),
      active: catalog.active,
      locks: new Map([...catalog.active.keys()].map((name) => [name, lock])),
      files: new Map(),
    },
    [imagePipeline],
  );
}

function image(name: string, ...lines: readonly string[]): Files {
  return { [`specs/images/${name}.yaml`]: imageText(name, ...lines) };
}

function inputOf(actions: readonly Action[], id: string): Action['input'] | undefined {
  return actions.find((action) => action.id === `SandboxImageSpec/${id}`)?.input;
}

function firstStages(actions: readonly Action[], name: string): readonly string[] {
  const stages = actions.filter(({ resource }) => resource.name === name).map(({ stage }) => stage);
  return stages.slice(0, stages.indexOf('customise'));
}

describe('the builder of an image', () => {
  it('of the host has nothing to lock without packages, and builds all the same', () => {
    const actions = actionsOf({
      ...image('base', 'builder: quick'),
      ...image('child', 'builder: quick', 'from: base'),
      ...image('plain', 'from: base'),
      ...image('more', 'builder: quick', 'from: base', 'packages: [tool]'),
    });
    expect(firstStages(actions, 'base')).toEqual(['bootstrap']);
    expect(firstStages(actions, 'child')).toEqual(['prepare', 'bootstrap']);
    expect(firstStages(actions, 'plain')).toEqual(['prepare']);
    expect(firstStages(actions, 'more')).toEqual(['prepare', 'lock', 'bootstrap']);
    expect(inputOf(actions, 'more/lock')).toMatchObject({
      builder: 'quick',
      request: { builder: 'quick', suites: [] },
    });
  });

  it('resolves against the indexes of a parent that it made itself, not of another', () => {
    const actions = actionsOf({
      ...image('base'),
      ...image('same', 'from: base', 'packages: [tool]'),
      ...image('other', 'builder: quick', 'from: base', 'packages: [tool]'),
    });
    expect(inputOf(actions, 'same/lock')).toMatchObject({ followsParent: true });
    expect(inputOf(actions, 'other/lock')).toMatchObject({ followsParent: false });
  });

  it('does not take over the lock of the builder before it', () => {
    const built = builtCatalog(image('base', 'packages: [tool]'));
    const kept = actionsOf(image('base', 'packages: [tool]', 'sizeBudget: 1GiB'), built);
    expect(inputOf(kept, 'base/lock')).toMatchObject({ lock, indexes: [] });
    const changed = actionsOf(image('base', 'packages: [tool]', 'builder: quick'), built);
    expect(inputOf(changed, 'base/lock')).toMatchObject({ lock: null, indexes: null });
  });
});

describe('the source date epoch without indexes and parent', () => {
  const spec = {
    distribution: 'debian',
    release: 'bookworm',
    architecture: 'amd64',
    variant: 'apt',
  } as const;

  it('is a date from 2000 to 2019, whatever the spec', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (builder, packages) => {
        const epoch = foldedEpoch(builder, { ...spec, packages });
        expect(epoch).toBe(foldedEpoch(builder, { packages, ...spec }));
        expect(new Date(epoch * 1000).getUTCFullYear()).toBeGreaterThanOrEqual(2000);
        expect(new Date(epoch * 1000).getUTCFullYear()).toBeLessThan(2020);
      }),
    );
  });

  it('moves with what the builder reads and with nothing else', () => {
    const epochOf = (...lines: readonly string[]) =>
      inputOf(actionsOf(image('base', 'builder: quick', ...lines)), 'base/bootstrap')?.['sourceDateEpoch'];
    expect(epochOf('sizeBudget: 1GiB', 'files: [{path: /a, content: b}]')).toBe(epochOf());
    expect(epochOf('packages: [tool]')).not.toBe(epochOf());
  });
});
