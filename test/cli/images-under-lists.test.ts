import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { allowListText } from '../rig/allow-list-text.ts';
import { createQuickProgram, type QuickProgram, quickImageText } from '../rig/quick-images.ts';

interface Bound {
  readonly name: string;
  readonly revision: number;
  readonly set: string;
}

const list = 'specs/allow-lists/lab-egress.yaml';
const files = {
  [list]: allowListText('lab-egress', 'one.example.org'),
  'specs/images/web.yaml': quickImageText('web', 'allowList: lab-egress'),
  'specs/images/plain.yaml': quickImageText('plain'),
};

function boundOf({ run }: QuickProgram, name: string): Bound | null {
  return JSON.parse(run('get', name, '--output', 'json').stdout).allowList;
}

/** Words of the plan about each resource: `web: rebuild`. */
function planned({ run }: QuickProgram): readonly string[] {
  const { changes } = JSON.parse(run('plan', '--output', 'json').stdout);
  return changes.map(
    ({ resource, type, conditionalOn }: PlannedChange) =>
      `${resource.name}: ${type}${conditionalOn === null ? '' : ` if ${conditionalOn.name}`}`,
  );
}

interface PlannedChange {
  readonly resource: { readonly name: string };
  readonly type: string;
  readonly conditionalOn: { readonly name: string } | null;
}

/** Outcomes of the last reconcile by name. */
function reconcile({ run }: QuickProgram): Readonly<Record<string, string>> {
  const ended = run('reconcile', '--output', 'json');
  expect(ended).toMatchObject({ exitCode: 0 });
  const last = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1) ?? '');
  return Object.fromEntries(
    [...last.images, ...last.allowLists].map(({ name, outcome }: { name: string; outcome: string }) => [
      name,
      outcome,
    ]),
  );
}

function stateOf({ repository }: QuickProgram, name: string) {
  const folder = join(repository.path, 'catalog/images');
  const path = readdirSync(folder, { recursive: true })
    .map(String)
    .find((file) => file.endsWith(`/${name}/state.json`));
  return JSON.parse(readFileSync(join(folder, path ?? ''), 'utf8'));
}

function decide({ run, repository }: QuickProgram, what: 'hold' | 'resume'): void {
  expect(run(what, 'AllowList/lab-egress', '--reason', 'audit')).toMatchObject({ exitCode: 0, stderr: '' });
  repository.git('add', 'decisions');
  repository.commit(what, {});
}

describe('an image that names an allow-list', () => {
  it('stands under the revision of its list, follows the next one without being built, and others stay', () => {
    const quick = createQuickProgram(files);
    expect(reconcile(quick)).toEqual({ 'lab-egress': 'revised', web: 'built', plain: 'built' });
    const first = boundOf(quick, 'web');
    expect(first).toMatchObject({ name: 'lab-egress', revision: 1 });
    expect(boundOf(quick, 'plain')).toBeNull();
    expect(quick.run('get', 'web').stdout).toMatch(/allow-list +lab-egress revision 1\n/);
    expect(planned(quick)).toEqual([]);
    const asked = quick.asked().length;
    const plain = stateOf(quick, 'plain');

    quick.repository.commit('another destination', {
      [list]: allowListText('lab-egress', 'one.example.org', 'two.example.org'),
    });
    expect(planned(quick)).toEqual(['lab-egress: revise', 'web: rebuild if lab-egress']);
    const text = quick.run('plan').stdout;
    expect(text).toContain('if AllowList/lab-egress gives a new revision');
    expect(text).toContain('allowList lab-egress: revision 1 → 2');
    expect(quick.run('explain', '--why', 'web').stdout).toContain(
      'web: allowList lab-egress: revision 1 → 2; no action has to run for that\n',
    );

    expect(reconcile(quick)).toEqual({ 'lab-egress': 'revised', web: 'equal' });
    const state = stateOf(quick, 'web');
    expect(state).toMatchObject({
      active: '1.0.0+1',
      inputs: { allowList: { name: 'lab-egress', revision: 2 } },
    });
    expect(state.inputs.allowList.set).not.toBe(first?.set);
    expect(boundOf(quick, 'web')).toEqual(state.inputs.allowList);
    expect(quick.run('get', 'web').stdout).toMatch(
      /allow-list +lab-egress revision 2; built under lab-egress revision 1\n/,
    );
    expect(quick.run('explain', '--why', 'web').stdout).toContain(
      'web: stands under lab-egress revision 2\n',
    );
    expect(stateOf(quick, 'plain')).toEqual(plain);
    expect(quick.asked()).toHaveLength(asked);
    expect(planned(quick)).toEqual([]);
    expect(quick.run('verify')).toMatchObject({ exitCode: 0 });
  });

  it('leaves no trace where its list says the same in other words', () => {
    const quick = createQuickProgram(files);
    reconcile(quick);
    const before = stateOf(quick, 'web');
    quick.repository.commit('upper case', { [list]: allowListText('lab-egress', 'ONE.example.org') });
    expect(planned(quick)).toEqual(['lab-egress: revise', 'web: rebuild if lab-egress']);
    expect(reconcile(quick)).toEqual({ 'lab-egress': 'equal', web: 'not-needed' });
    expect(stateOf(quick, 'web')).toEqual(before);
    expect(planned(quick)).toEqual([]);
  });

  it('stays where its list is held, and follows when it goes on, also by build and record', () => {
    const quick = createQuickProgram(files);
    reconcile(quick);
    const key = join(quick.hostFolder, 'builder.pub');
    writeFileSync(key, quick.run('keys', 'show').stdout);
    expect(quick.run('keys', 'add', key, '--role', 'operator')).toMatchObject({ exitCode: 0 });
    quick.repository.git('add', 'trust');
    decide(quick, 'hold');
    quick.repository.commit('another destination', {
      [list]: allowListText('lab-egress', 'two.example.org'),
    });
    expect(quick.run('plan').stdout).toContain('2 stalled');
    expect(quick.run('reconcile', '--output', 'json').stdout).not.toContain('"outcome":"equal"');
    expect(boundOf(quick, 'web')?.revision).toBe(1);
    decide(quick, 'resume');
    const results = join(quick.hostFolder, 'results');
    expect(quick.run('build', '--out', results)).toMatchObject({ exitCode: 0 });
    expect(quick.run('record', results).stdout).toMatch(/web +equal/);
    expect(boundOf(quick, 'web')?.revision).toBe(2);
  });

  it('catches up by itself where only the list was recorded', () => {
    const quick = createQuickProgram(files);
    reconcile(quick);
    quick.repository.commit('another destination', {
      [list]: allowListText('lab-egress', 'two.example.org'),
    });
    expect(quick.run('reconcile', '--target', 'lab-egress')).toMatchObject({ exitCode: 0 });
    expect(planned(quick)).toEqual(['web: rebuild']);
    expect(reconcile(quick)).toEqual({ web: 'equal' });
    expect(boundOf(quick, 'web')?.revision).toBe(2);
  });

  it('takes the list of its run profile, unless it names its own, and none once nobody names one', () => {
    const profile = (...lines: readonly string[]) =>
      `apiVersion: sandkiln/v1\nkind: RunProfile\nmetadata: {name: vm}\nspec: {${lines.join(', ')}}\n`;
    const quick = createQuickProgram({
      ...files,
      'profiles/vm.yaml': profile('cpus: 1', 'allowList: shared'),
      'specs/allow-lists/shared.yaml': allowListText('shared', 'three.example.org'),
      'specs/images/web.yaml': quickImageText('web', 'runProfile: vm', 'allowList: lab-egress'),
      'specs/images/plain.yaml': quickImageText('plain', 'runProfile: vm'),
    });
    reconcile(quick);
    expect([boundOf(quick, 'web')?.name, boundOf(quick, 'plain')?.name]).toEqual(['lab-egress', 'shared']);
    const asked = quick.asked().length;
    quick.repository.commit('shared', {
      'specs/allow-lists/shared.yaml': allowListText('shared', 'four.example.org'),
    });
    expect(planned(quick)).toEqual(['shared: revise', 'plain: rebuild if shared']);
    expect(reconcile(quick)).toEqual({ shared: 'revised', plain: 'equal' });
    quick.repository.commit('no list', { 'profiles/vm.yaml': profile('cpus: 1') });
    expect(reconcile(quick)).toEqual({ plain: 'equal', web: 'equal' });
    expect([boundOf(quick, 'web')?.name, boundOf(quick, 'plain')]).toEqual(['lab-egress', null]);
    expect(
      quick
        .asked()
        .slice(asked)
        .filter(({ request }) => request.operation !== 'describe'),
    ).toEqual([]);
    expect(quick.run('verify')).toMatchObject({ exitCode: 0 });
  });

  it('is refused where nobody describes the list', () => {
    const quick = createQuickProgram({
      'specs/images/web.yaml': quickImageText('web', 'allowList: lab-egres'),
      [list]: allowListText('lab-egress', 'one.example.org'),
      'profiles/vm.yaml':
        'apiVersion: sandkiln/v1\nkind: RunProfile\nmetadata: {name: vm}\nspec: {allowList: gone}\n',
    });
    const { exitCode, stderr } = quick.run('validate');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/SK1112[^\n]*SandboxImageSpec\/web names the AllowList "lab-egres"/);
    expect(stderr).toContain('did you mean lab-egress?');
    expect(stderr).toMatch(/SK1112[^\n]*RunProfile\/vm names the AllowList "gone"/);
  });
});
