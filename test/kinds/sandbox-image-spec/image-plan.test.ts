import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CatalogView, emptyCatalogView } from '../../../src/engine/catalog/catalog-view.ts';
import { makePlan } from '../../../src/engine/plan/make-plan.ts';
import { imagePlanner } from '../../../src/kinds/sandbox-image-spec/image-plan.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Change, Plan } from '../../../src/model/plan.ts';
import type { Files } from '../../rig/desired-files.ts';
import { builtCatalog, planOf, resourcesOf } from '../../rig/planned-images.ts';
import { imageText } from '../../rig/sandkiln-program.ts';

const profile = (stopAfter: string) =>
  `apiVersion: sandkiln/v1\nkind: BuildProfile\nmetadata: {name: debian-vm}\nspec:\n  limits:\n    stopAfter: ${stopAfter}\n`;

const base: Files = {
  'profiles/debian-vm.yaml': profile('20m'),
  'specs/images/base.yaml': imageText('base', 'buildProfile: debian-vm', 'packages: [dbus]'),
  'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [curl]'),
  'specs/images/alone.yaml': imageText('alone', 'files: [{path: /etc/motd, source: files/motd}]'),
  'files/motd': 'hello\n',
};
const motd = new Map([['files/motd', digestOfBytes('hello\n')]]);
const built = builtCatalog(base, motd);

function changeOf({ changes }: Plan, name: string): Change {
  const change = changes.find(({ resource }) => resource.name === name);
  if (change === undefined) {
    throw new Error(`no change of ${name}`);
  }
  return change;
}

function reasonsOf(files: Files, name: string): readonly string[] {
  const { plan } = planOf({ ...base, ...files }, built, { files: motd });
  return changeOf(plan, name).reasons.map(({ text }) => text);
}

describe('a plan', () => {
  it('of what was built is empty', () => {
    expect(planOf(base, built, { files: motd })).toMatchObject({
      plan: { changes: [], unchanged: 3 },
      diagnostics: [],
    });
  });

  it('creates what the catalog does not know, sorted by name', () => {
    const { plan } = planOf(base, undefined, { files: motd });
    expect(plan.changes.map(({ resource, type, from, to }) => [resource.name, type, from, to])).toEqual(
      ['alone', 'base', 'web'].map((name) => [name, 'create', null, '1.0.0']),
    );
  });

  it('is the same plan, digest included, in whatever order its inputs come', () => {
    const catalog = builtCatalog({ ...base, 'specs/images/gone.yaml': imageText('gone') }, motd);
    const files = { ...base, 'specs/images/base.yaml': imageText('base', 'packages: [dbus, udev]') };
    const resources = resourcesOf(files);
    const make = (order: typeof resources, view: CatalogView) =>
      makePlan(
        {
          desiredCommit: null,
          catalogCommit: null,
          resources: order,
          files: motd,
          catalog: view,
          policy: {},
          safeguards: { maxRetirePercent: 10 },
          now: new Date(0),
        },
        [imagePlanner],
      );
    const first = make(resources, catalog);
    expect(first.plan.changes).toHaveLength(3);
    const permuted = <Item>(items: readonly Item[]) =>
      fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });
    fc.assert(
      fc.property(
        permuted(resources),
        permuted([...catalog.active]),
        permuted([...catalog.states]),
        (order, active, states) => {
          expect(make(order, { ...catalog, active: new Map(active), states: new Map(states) })).toEqual(
            first,
          );
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has another digest for another change of the same image', () => {
    const digests = ['curl', 'udev', 'dbus, udev'].map(
      (packages) =>
        planOf({ ...base, 'specs/images/base.yaml': imageText('base', `packages: [${packages}]`) }, built)
          .plan.digest,
    );
    expect(new Set(digests).size).toBe(3);
  });
});

describe('reasons', () => {
  it('name the packages that come and go', () => {
    expect(
      reasonsOf({ 'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [curl, git]') }, 'web'),
    ).toEqual(['packages: + git']);
    expect(
      reasonsOf({ 'specs/images/web.yaml': imageText('web', 'from: base', 'packages: [git]') }, 'web'),
    ).toEqual(['packages: - curl + git']);
  });

  it('name the profile and its line', () => {
    expect(reasonsOf({ 'profiles/debian-vm.yaml': profile('30m') }, 'base')).toEqual([
      'profile debian-vm: limits.stopAfter 20m → 30m, line 6',
    ]);
  });

  it('call the value of the kind itself a default', () => {
    const text = imageText('base', 'packages: [dbus]');
    expect(
      reasonsOf(
        { 'specs/images/base.yaml': text.replace('outputs', 'variant: minbase\n  outputs') },
        'base',
      )[0],
    ).toMatch(/^variant \S+ → minbase$/);
  });

  it('name a file whose content changed', () => {
    const { plan } = planOf(base, built, { files: new Map([['files/motd', digestOfBytes('bye\n')]]) });
    expect(changeOf(plan, 'alone').reasons).toEqual([{ text: 'file files/motd: other content' }]);
  });

  it('labels, comments and the order of keys are none', () => {
    const text = imageText('base', 'buildProfile: debian-vm', 'packages: [dbus]')
      .replace('{name: base}', '{labels: {team: red}, name: base}')
      .replace('  version: 1.0.0\n', '')
      .concat('  version: 1.0.0 # the first\n');
    expect(planOf({ ...base, 'specs/images/base.yaml': text }, built, { files: motd }).plan.changes).toEqual(
      [],
    );
  });
});

describe('what becomes of an image', () => {
  const changedBase = imageText('base', 'packages: [udev]');

  it('is superseded by another spec version and rebuilt under the same one', () => {
    const raised = changedBase.replace('1.0.0', '1.1.0');
    expect(changeOf(planOf({ ...base, 'specs/images/base.yaml': raised }, built).plan, 'base').type).toBe(
      'supersede',
    );
    expect(
      changeOf(planOf({ ...base, 'specs/images/base.yaml': changedBase }, built).plan, 'base').type,
    ).toBe('rebuild');
  });

  it('depends on the parent alone: conditional; on itself as well: certain', () => {
    const parent = { kind: 'SandboxImageSpec', name: 'base' };
    const waiting = planOf({ ...base, 'specs/images/base.yaml': changedBase }, built, { files: motd }).plan;
    expect(changeOf(waiting, 'web')).toMatchObject({ type: 'rebuild', conditionalOn: parent });
    const web = imageText('web', 'from: base', 'packages: [git]');
    const certain = planOf(
      { ...base, 'specs/images/base.yaml': changedBase, 'specs/images/web.yaml': web },
      built,
    ).plan;
    expect(changeOf(certain, 'web')).toMatchObject({ type: 'rebuild', conditionalOn: null });
  });

  it('a conditional change is bound to what happens to the parent', () => {
    const digest = (packages: string) =>
      changeOf(
        planOf({ ...base, 'specs/images/base.yaml': imageText('base', `packages: [${packages}]`) }, built)
          .plan,
        'web',
      ).digest;
    expect(digest('udev')).not.toBe(digest('dbus, udev'));
  });

  it('keeps its lock as long as the package request is the same', () => {
    const sameRequest = imageText('base', 'packages: [dbus]', 'sizeBudget: 1GiB');
    const kept = changeOf(planOf({ ...base, 'specs/images/base.yaml': sameRequest }, built).plan, 'base');
    expect(kept.inputs['lock']).toBe(built.active.get('base')?.inputs.lock);
    const other = changeOf(planOf({ ...base, 'specs/images/base.yaml': changedBase }, built).plan, 'base');
    expect(other.inputs['lock']).toBeNull();
  });
});

describe('a failure that will not go away', () => {
  const files = { ...base, 'specs/images/base.yaml': imageText('base', 'packages: [nonsuch]') };
  const diagnostics = [
    { code: 'SK4002', severity: 'error', message: 'no such package', hint: 'mend it' },
  ] as const;
  const failed = (catalog: CatalogView): CatalogView => {
    const { digest } = changeOf(planOf(files, catalog, { files: motd }).plan, 'base');
    const before = catalog.states.get('base') ?? {
      apiVersion: 'sandkiln/v1',
      kind: 'ImageState',
      name: 'base',
      active: null,
      inputs: null,
    };
    const state = { ...before, failure: { changeDigest: digest, run: 'run-1', diagnostics } } as const;
    return { ...catalog, states: new Map([...catalog.states, ['base', state]]) };
  };

  it('is shown and not tried again for the same inputs; the children of the active image stay as they are', () => {
    const { plan } = planOf(files, failed(built), { files: motd });
    expect(plan.changes).toHaveLength(1);
    expect(changeOf(plan, 'base').stalled).toEqual({ run: 'run-1', diagnostics });
  });

  it('is tried again with other inputs', () => {
    const { plan } = planOf(
      { ...base, 'specs/images/base.yaml': imageText('base', 'packages: [udev]') },
      failed(built),
    );
    expect(changeOf(plan, 'base').stalled).toBeNull();
  });

  it('of an image that never was keeps its children from being tried', () => {
    const { plan } = planOf(files, failed(emptyCatalogView), { files: motd });
    expect(changeOf(plan, 'web').stalled).toEqual({ run: 'run-1', diagnostics });
    expect(changeOf(plan, 'alone').stalled).toBeNull();
  });
});

describe('retirement', () => {
  const names = Array.from({ length: 10 }, (_, index) => `image-${index}`);
  const all = Object.fromEntries(names.map((name) => [`specs/images/${name}.yaml`, imageText(name)]));
  const without = (count: number) => Object.fromEntries(Object.entries(all).slice(count));

  it('of as many as the safeguard allows is planned', () => {
    const { plan, diagnostics } = planOf(without(1), builtCatalog(all));
    expect(diagnostics).toEqual([]);
    expect(plan.changes).toMatchObject([
      { resource: { name: 'image-0' }, type: 'retire', from: '1.0.0+1', to: null },
    ]);
  });

  it('of more needs a decision', () => {
    const { diagnostics } = planOf(without(2), builtCatalog(all));
    expect(diagnostics).toMatchObject([{ code: 'SK3201', severity: 'error' }]);
    expect(diagnostics[0]?.message).toContain('2 of 10 active images (image-0, image-1)');
    expect(planOf(without(2), builtCatalog(all), { maxRetirePercent: 20 }).diagnostics).toEqual([]);
  });

  it('is done once: what is retired is no change', () => {
    const catalog = builtCatalog(all);
    const retired = { ...catalog.states.get('image-0') } as NonNullable<
      ReturnType<typeof catalog.states.get>
    >;
    const states = new Map([
      ...catalog.states,
      ['image-0', { ...retired, active: null, inputs: null }] as const,
    ]);
    const active = new Map([...catalog.active].filter(([name]) => name !== 'image-0'));
    expect(planOf(without(1), { ...catalog, states, active }).plan).toMatchObject({
      changes: [],
      unchanged: 9,
    });
    expect(planOf(all, { ...catalog, states, active }).plan.changes).toMatchObject([
      { type: 'create', from: null },
    ]);
  });
});
