import { describe, expect, it } from 'vitest';
import type { CatalogView } from '../../../src/engine/catalog/catalog-view.ts';
import type { AllowListState } from '../../../src/model/allow-list-record.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Change } from '../../../src/model/plan.ts';
import { identityText } from '../../../src/model/resource.ts';
import { inputsOf, planLists } from '../../rig/allow-list-desired.ts';
import { allowListText } from '../../rig/allow-list-text.ts';
import type { Files } from '../../rig/desired-files.ts';
import { builtCatalog, planOf } from '../../rig/planned-images.ts';
import { imageText } from '../../rig/sandkiln-program.ts';

const now = new Date('2026-11-20T12:00:00Z');
const files: Files = {
  'specs/allow-lists/egress.yaml': allowListText('egress', 'one.example.org'),
  'specs/images/base.yaml': imageText('base', 'allowList: egress'),
  'specs/images/child.yaml': imageText('child', 'from: base'),
  'specs/images/other.yaml': imageText('other'),
};
const edited: Files = { 'specs/allow-lists/egress.yaml': allowListText('egress', 'two.example.org') };

/** The catalog after a reconcile of the files, whose lists are at `revision` and whose images stand under `bound`. */
function catalogOf(revision: number, bound: number | undefined, of: Files = files): CatalogView {
  const allowLists = new Map(
    planLists(of, new Map(), now).changes.map((change): [string, AllowListState] => [
      change.resource.name,
      {
        apiVersion: 'sandkiln/v1',
        kind: 'AllowListState',
        name: change.resource.name,
        revision,
        digest: digestOfBytes(`${revision}`),
        inputs: inputsOf(change),
        validUntil: null,
      },
    ]),
  );
  const catalog = builtCatalog(of);
  const states = [...catalog.states].map(([name, state]) => {
    const allowList = { name: 'egress', revision: bound ?? 0, set: digestOfBytes(`set ${bound}`) };
    const isBound = name === 'base' && bound !== undefined && state.inputs !== null;
    return [name, isBound ? { ...state, inputs: { ...state.inputs, allowList } } : state] as const;
  });
  return { ...catalog, states: new Map(states), allowLists };
}

/** What a plan says of each resource. */
function told(changes: readonly Change[]) {
  return Object.fromEntries(
    changes.map(({ resource, type, conditionalOn, reasons }) => [
      resource.name,
      [type, conditionalOn === null ? null : identityText(conditionalOn), ...reasons.map(({ text }) => text)],
    ]),
  );
}

function planned(more: Files, catalog: CatalogView) {
  return told(planOf({ ...files, ...more }, catalog).plan.changes);
}

describe('an image under an allow-list', () => {
  it('is not planned where it stands under the revision that the list has', () => {
    expect(planned({}, catalogOf(3, 3))).toEqual({});
  });

  it('is planned on the condition that its list gets another revision; its children and other images are not', () => {
    expect(planned(edited, catalogOf(3, 3))).toMatchObject({
      egress: ['revise', null, expect.anything()],
      base: ['rebuild', 'AllowList/egress', 'allowList egress: revision 3 → 4'],
    });
    expect(Object.keys(planned(edited, catalogOf(3, 3)))).toEqual(['egress', 'base']);
  });

  it('is planned for certain where the list has another revision already', () => {
    expect(planned({}, catalogOf(4, 3))).toEqual({
      base: ['rebuild', null, 'allowList egress: revision 3 → 4'],
    });
    expect(planned(edited, catalogOf(4, 3))).toMatchObject({
      base: ['rebuild', null, 'allowList egress: revision 3 → 5'],
    });
    expect(planned({}, catalogOf(1, undefined))).toEqual({
      base: ['rebuild', null, 'allowList egress: revision none → 1'],
    });
  });

  it('is planned when an entry of its list expires', () => {
    const catalog = catalogOf(3, 3);
    const [state] = catalog.allowLists.values();
    const expired = {
      ...catalog,
      allowLists: new Map(state && [['egress', { ...state, validUntil: '1970-01-01T00:00:00.000Z' }]]),
    };
    expect(planned({}, expired)).toMatchObject({
      egress: ['expire', null, expect.anything()],
      base: ['rebuild', 'AllowList/egress', 'allowList egress: revision 3 → 4'],
    });
  });

  it('keeps its change digest when the list changes meanwhile, if there is something to build', () => {
    const spec = { 'specs/images/base.yaml': imageText('base', 'allowList: egress', 'packages: [jq]') };
    const digestOf = (more: Files, catalog: CatalogView) =>
      planOf({ ...files, ...spec, ...more }, catalog).plan.changes.find(
        ({ resource }) => resource.name === 'base',
      )?.digest;
    const digest = digestOf({}, catalogOf(3, 3));
    expect(digest).toBeDefined();
    expect(digestOf(edited, catalogOf(3, 3))).toBe(digest);
    expect(digestOf({}, catalogOf(4, 3))).toBe(digest);
    expect(planned({ ...spec, ...edited }, catalogOf(3, 3))).toMatchObject({
      base: ['rebuild', null, 'packages: + jq', 'allowList egress: revision 3 → 4'],
      child: ['rebuild', 'SandboxImageSpec/base', expect.anything()],
    });
  });

  it('has other change digests for other revisions where it only follows its list', () => {
    const digests = [
      planOf({ ...files, ...edited }, catalogOf(3, 3)),
      planOf(files, catalogOf(4, 3)),
      planOf(files, catalogOf(5, 3)),
    ].map(({ plan }) => plan.changes.find(({ resource }) => resource.name === 'base')?.digest);
    expect(new Set(digests).size).toBe(3);
  });

  it('that names a list, another one or none is told by the field', () => {
    const second = { 'specs/allow-lists/second.yaml': allowListText('second', 'one.example.org') };
    const base = (...lines: readonly string[]) => ({ 'specs/images/base.yaml': imageText('base', ...lines) });
    const catalog = catalogOf(3, 3, { ...files, ...second });
    expect(planned({ ...second, ...base('allowList: second') }, catalog)['base']).toEqual([
      'rebuild',
      null,
      'allowList egress → second',
      'allowList second: revision none → 3',
    ]);
    expect(planned({ ...second, ...base() }, catalog)['base']).toEqual([
      'rebuild',
      null,
      'allowList: - egress',
    ]);
  });

  it('takes the list of its run profile, which its own one beats', () => {
    const profiled: Files = {
      ...files,
      'profiles/vm.yaml':
        'apiVersion: sandkiln/v1\nkind: RunProfile\nmetadata: {name: vm}\nspec: {allowList: shared}\n',
      'specs/allow-lists/shared.yaml': allowListText('shared', 'three.example.org'),
      'specs/images/base.yaml': imageText('base', 'allowList: egress', 'runProfile: vm'),
      'specs/images/other.yaml': imageText('other', 'runProfile: vm'),
    };
    const { changes } = planOf(profiled, catalogOf(3, 3, profiled)).plan;
    expect(told(changes)).toEqual({ other: ['rebuild', null, 'allowList shared: revision none → 3'] });
  });
});
