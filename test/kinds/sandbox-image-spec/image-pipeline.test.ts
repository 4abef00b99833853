import { describe, expect, it } from 'vitest';
import type { CatalogView } from '../../../src/engine/catalog/catalog-view.ts';
import { buildGraph } from '../../../src/engine/graph/build-graph.ts';
import { pipelineActions } from '../../../src/engine/pipeline.ts';
import { imagePipeline } from '../../../src/kinds/sandbox-image-spec/image-pipeline.ts';
import type { Action } from '../../../src/model/action.ts';
import type { Files } from '../../rig/desired-files.ts';
import { builtCatalog, emptyCatalog, planOf, resourcesOf } from '../../rig/planned-images.ts';
import { imageText } from '../../rig/sandkiln-program.ts';

const files: Files = {
  'specs/images/base.yaml': imageText('base').replace('[rootfs]', '[rootfs, raw, qcow2, oci]'),
  'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [curl]'),
  'specs/images/plain.yaml': imageText('plain', 'from: base'),
};

function actionsOf(desired: Files, catalog: CatalogView = emptyCatalog): readonly Action[] {
  const resources = resourcesOf(desired);
  return pipelineActions(
    {
      plan: planOf(desired, catalog).plan,
      resource: (kind, name) =>
        resources.find(({ identity }) => identity.kind === kind && identity.name === name),
      active: catalog.active,
      locks: new Map(),
      files: new Map(),
    },
    [imagePipeline],
  );
}

function stagesOf(actions: readonly Action[], name: string): readonly string[] {
  return actions.filter(({ resource }) => resource.name === name).map(({ id }) => id.split('/')[2] ?? '');
}

function needsOf(actions: readonly Action[], id: string): readonly string[] {
  return (
    actions.find((action) => action.id === `SandboxImageSpec/${id}`)?.needs.map((need) => need.slice(17)) ??
    []
  );
}

describe('the actions of an image', () => {
  it('go from lock to publish; raw and qcow2 are packed in one go', () => {
    const stages = stagesOf(actionsOf(files), 'base');
    expect(stages.filter((stage) => !stage.startsWith('smoke'))).toEqual([
      'lock',
      'bootstrap',
      'customise',
      'pack:qcow2+raw',
      'pack:rootfs',
      'pack:oci',
      'scan',
      'publish',
    ]);
  });

  it('of a child begin with its parent; without packages it needs no lock and no bootstrap', () => {
    const actions = actionsOf(files);
    expect(stagesOf(actions, 'web').slice(0, 4)).toEqual(['prepare', 'lock', 'bootstrap', 'customise']);
    expect(stagesOf(actions, 'plain').slice(0, 2)).toEqual(['prepare', 'customise']);
    expect(needsOf(actions, 'web/prepare')).toEqual(['base/publish']);
  });

  it('of a child whose parent stays wait for nothing of the parent', () => {
    const changed = { ...files, 'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [git]') };
    const actions = actionsOf(changed, builtCatalog(files));
    expect(stagesOf(actions, 'base')).toEqual([]);
    expect(needsOf(actions, 'web/prepare')).toEqual([]);
  });

  it('publish waits for every test and every output', () => {
    const actions = actionsOf(files);
    const others = stagesOf(actions, 'base').filter((stage) => /^(?:pack|smoke|scan)/.test(stage));
    expect(others.some((stage) => stage.startsWith('smoke'))).toBe(true);
    expect(needsOf(actions, 'base/publish')).toEqual(
      expect.arrayContaining(others.map((stage) => `base/${stage}`)),
    );
  });

  it('of all images make a graph without circles', () => {
    expect(buildGraph(actionsOf(files)).ok).toBe(true);
  });

  it('are none for a retirement', () => {
    expect(actionsOf({}, builtCatalog(files))).toEqual([]);
  });

  it('of a conditional change know the tree at which they are not needed', () => {
    const catalog = builtCatalog(files);
    const changed = { ...files, 'specs/images/base.yaml': imageText('base', 'packages: [dbus]') };
    const prepare = actionsOf(changed, catalog).find(({ id }) => id === 'SandboxImageSpec/plain/prepare');
    expect(prepare?.input['unlessParentTree']).toBe(catalog.active.get('base')?.tree.digest);
    const certain = actionsOf(files).find(({ id }) => id === 'SandboxImageSpec/plain/prepare');
    expect(certain?.input['unlessParentTree']).toBeNull();
  });
});
