import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planState } from '../../../src/cli/loaded-state.ts';
import { planView } from '../../../src/cli/open-plan.ts';
import { wholeView } from '../../../src/cli/whole-view.ts';
import { type BigRepository, createBigRepository } from '../../rig/big-repository.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { documentText, imageText, osLine } from '../../rig/image-files.ts';
import { type OpenedRepository, openWorkspaceAt } from '../../rig/open-test-workspace.ts';
import { told } from '../../rig/plan-edits.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

async function bigRepository(specs: number): Promise<BigRepository> {
  return createBigRepository({
    specs,
    profiles: 3,
    withCatalog: true,
    folder: temporaryFolder(),
    checkOut: false,
  });
}

async function expectSamePlan(opened: OpenedRepository): Promise<void> {
  expect(await told(await planView(opened.workspace, {}))).toBe(
    await told(wholeView(await planState(opened.workspace, {}))),
  );
}

describe('what is remembered of plans', () => {
  it('is asked again without reading a file of the desired state', async () => {
    const repository = await bigRepository(20);
    await using opened = await openWorkspaceAt(repository.path);
    await expectSamePlan(opened);
    repository.commit({ 'README.md': 'unrelated\n' });
    opened.blobsRead.length = 0;
    expect(expectValue(await planView(opened.workspace, {})).made.plan).toMatchObject({
      changes: [],
      unchanged: 20,
    });
    expect(opened.blobsRead).toEqual([]);
  });

  it('leaves the documents of others alone when one spec changes', async () => {
    const repository = await bigRepository(300);
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    repository.commit({ [repository.specFile(7)]: repository.specText(7, 'network: {layout: none}') });
    opened.blobsRead.length = 0;
    const { plan } = expectValue(await planView(opened.workspace, {})).made;
    expect(plan.changes.map(({ resource }) => resource.name)).toEqual([repository.imageName(7)]);
    // The spec, its two profiles, the image's state and record, and the catalog's head.
    expect(opened.blobsRead.length).toBeLessThanOrEqual(6);
    await expectSamePlan(opened);
  });

  it('is another plan for every spec when the profile that all extend changes', async () => {
    const repository = await bigRepository(300);
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    repository.commit({ [repository.commonProfileFile]: repository.commonProfileText('21m') });
    expect(expectValue(await planView(opened.workspace, {})).made.plan.changes).toHaveLength(300);
    await expectSamePlan(opened);
  });

  it('does not change with the order of keys', async () => {
    const repository = await bigRepository(5);
    await using opened = await openWorkspaceAt(repository.path);
    const before = expectValue(await planView(opened.workspace, {})).made.plan;
    const lines = repository.specText(3).split('\n').slice(4, -1);
    const blocks = lines.join('\n').split(/\n(?= {2}\w)/);
    const head = repository.specText(3).split('\n').slice(0, 4);
    repository.commit({ [repository.specFile(3)]: `${[...head, ...blocks.toReversed()].join('\n')}\n` });
    const after = expectValue(await planView(opened.workspace, {})).made.plan;
    expect(after).toEqual({
      ...before,
      desiredCommit: after.desiredCommit,
      catalogCommit: after.catalogCommit,
    });
  });

  it.each(['plan-answer', 'plan-table', 'plan-table-patch'])(
    'does no harm where %s is damaged, cut off or gone',
    async (name) => {
      const repository = await bigRepository(10);
      await using opened = await openWorkspaceAt(repository.path);
      await planView(opened.workspace, {});
      repository.commit({ [repository.specFile(2)]: repository.specText(2, 'sizeBudget: 9GiB') });
      await planView(opened.workspace, {});
      const file = join(repository.path, '.git/sandkiln', name);
      const whole = readFileSync(file);
      const damages: (() => void)[] = [
        () => truncateSync(file, whole.length >> 1),
        () => truncateSync(file, 0),
        () =>
          writeFileSync(
            file,
            whole.map((byte, index) => (index === whole.length - 9 ? byte ^ 1 : byte)),
          ),
        () => writeFileSync(file, whole.toString('utf8').replace('"', '"other version ')),
        () => rmSync(file),
      ];
      for (const [index, damage] of damages.entries()) {
        writeFileSync(file, whole);
        damage();
        repository.commit({
          [repository.specFile(1)]: repository.specText(1, `sizeBudget: ${index + 1}GiB`),
        });
        await expectSamePlan(opened);
      }
    },
  );

  it('writes what changed, and the whole table only where much did', async () => {
    const repository = await bigRepository(200);
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    const table = join(repository.path, '.git/sandkiln/plan-table');
    const whole = readFileSync(table);
    repository.commit({ [repository.specFile(1)]: repository.specText(1, 'sizeBudget: 1GiB') });
    await expectSamePlan(opened);
    repository.commit({ [repository.specFile(1)]: repository.specText(1), [repository.specFile(2)]: null });
    await expectSamePlan(opened);
    expect(readFileSync(table)).toEqual(whole);
    expect(readFileSync(`${table}-patch`).length).toBeLessThan(whole.length / 4);
    repository.commit({ [repository.commonProfileFile]: repository.commonProfileText('25m') });
    await expectSamePlan(opened);
    expect(readFileSync(table)).not.toEqual(whole);
  });

  it('serves processes that plan different commits at once', async () => {
    const repository = await bigRepository(40);
    const commits = Array.from({ length: 6 }, (_, index) =>
      repository.commit({ [repository.specFile(index)]: repository.specText(index, 'sizeBudget: 1GiB') }),
    );
    const planOf = async (ref: string) => {
      await using opened = await openWorkspaceAt(repository.path);
      return expectValue(await planView(opened.workspace, { ref })).made.plan;
    };
    const atOnce = await Promise.all(commits.map(planOf));
    await using opened = await openWorkspaceAt(repository.path);
    for (const [index, ref] of commits.entries()) {
      const { plan } = expectValue(await planState(opened.workspace, { ref })).made;
      expect(plan.changes).toHaveLength(index + 1);
      expect(atOnce[index]).toEqual(plan);
      expect(await planOf(ref)).toEqual(plan);
    }
    const left = readdirSync(join(repository.path, '.git/sandkiln')).sort();
    expect(left).toEqual(['plan-answer', 'plan-table', 'plan-table-patch']);
  });

  it('tells what is wrong again without reading everything again', async () => {
    const repository = await bigRepository(10);
    await using opened = await openWorkspaceAt(repository.path);
    repository.commit({ [repository.specFile(1)]: 'kind: [\n' });
    const first = await planView(opened.workspace, {});
    opened.blobsRead.length = 0;
    expect(await planView(opened.workspace, {})).toEqual(first);
    expect(opened.blobsRead).toEqual([]);
    expect(first.ok).toBe(false);
  });

  it('tells what is wrong with the policy again without reading everything again', async () => {
    const repository = await bigRepository(10);
    await using opened = await openWorkspaceAt(repository.path);
    const good = await planView(opened.workspace, {});
    const broken = repository.commit({ 'sandkiln.yaml': 'kind: [\n' });
    const first = await planView(opened.workspace, {});
    opened.blobsRead.length = 0;
    expect(await planView(opened.workspace, {})).toEqual(first);
    expect(opened.blobsRead).toEqual([]);
    expect(first.ok).toBe(false);
    const before = expectValue(await planView(opened.workspace, { ref: `${broken}~1` }));
    expect(before.made.plan.digest).toBe(expectValue(good).made.plan.digest);
  });

  it('looks at nothing that depends on a document when only a comment in it changed', async () => {
    const repository = await bigRepository(30);
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    repository.commit({
      [repository.commonProfileFile]: `# a comment\n${repository.commonProfileText('20m')}`,
    });
    opened.blobsRead.length = 0;
    await planView(opened.workspace, {});
    // The profile, and the head of the catalog.
    expect(opened.blobsRead.length).toBeLessThanOrEqual(2);
    await expectSamePlan(opened);
  });

  it('is no part of the plan of a work tree', async () => {
    const repository = await createBigRepository({
      specs: 3,
      profiles: 1,
      withCatalog: true,
      folder: temporaryFolder(),
    });
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    writeFileSync(
      join(repository.path, repository.specFile(0)),
      repository.specText(0, 'network: {layout: none}'),
    );
    const { plan } = expectValue(await planView(opened.workspace, { worktree: true })).made;
    expect(plan.changes).toHaveLength(1);
    expect(expectValue(await planView(opened.workspace, {})).made.plan.changes).toEqual([]);
  });
});

describe('long lines of images', () => {
  const link = (index: number) => [
    `specs/images/image-${index}.yaml`,
    imageText(
      `image-${index}`,
      'version: 1.0.0',
      ...(index === 0 ? [osLine] : [`from: image-${index - 1}`]),
      'outputs: [rootfs]',
    ),
  ];

  it('may be 1,000 images deep, origins included', async () => {
    const repository = await bigRepository(0);
    repository.commit(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => link(index))));
    await using opened = await openWorkspaceAt(repository.path);
    const view = expectValue(await planView(opened.workspace, {}));
    expect(view.made.plan.changes).toHaveLength(1000);
    const state = expectValue(await view.load());
    const last = state.desired.resources.get('SandboxImageSpec')?.get('image-999');
    expect(last?.origins.get('/os/release')?.place.file).toBe('specs/images/image-0.yaml');
    repository.commit({
      'specs/images/image-500.yaml': String(link(500)[1]).replace('1.0.0', '1.1.0'),
    });
    await expectSamePlan(opened);
  });

  it('end in 1,000 children of one image', async () => {
    const repository = await bigRepository(0);
    const children = Array.from({ length: 1000 }, (_, index) => [
      `specs/images/child-${index}.yaml`,
      imageText(`child-${index}`, 'version: 1.0.0', 'from: image-0', 'outputs: [rootfs]'),
    ]);
    repository.commit(Object.fromEntries([link(0), ...children]));
    await using opened = await openWorkspaceAt(repository.path);
    await planView(opened.workspace, {});
    repository.commit({ 'profiles/p.yaml': documentText('BuildProfile', 'p') });
    await expectSamePlan(opened);
    repository.commit({ 'specs/images/image-0.yaml': String(link(0)[1]).replace('1.0.0', '1.1.0') });
    await expectSamePlan(opened);
  });
});
