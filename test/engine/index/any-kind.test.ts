import { describe, expect, it } from 'vitest';
import { loadKinds } from '../../../src/compose.ts';
import { catalogFolder } from '../../../src/engine/catalog/paths.ts';
import { type IncrementalPlan, incrementalPlan } from '../../../src/engine/index/incremental-plan.ts';
import { createPathReader } from '../../../src/engine/index/path-reader.ts';
import { emptyTable, type PlanTable } from '../../../src/engine/index/plan-table.ts';
import { readTable, tableTexts } from '../../../src/engine/index/table-text.ts';
import type { Planner } from '../../../src/engine/plan/planner.ts';
import { digestOfBytes, digestOfJson, hexOf } from '../../../src/model/digest.ts';
import type { Change } from '../../../src/model/plan.ts';
import { success } from '../../../src/model/result.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository } from '../../rig/git-repository.ts';
import { documentText } from '../../rig/image-files.ts';
import { importCommit } from '../../rig/import-commit.ts';
import { type OpenedRepository, openWorkspaceAt } from '../../rig/open-test-workspace.ts';

/** A profile is renewed at the time that its entry in the catalog says. */
function renewals(asked: string[]): Planner {
  const times = new Map<string, string>();
  const changeOf = (name: string, type: Change['type'], from: string | null): Change => {
    const resource = { kind: 'BuildProfile', name };
    return {
      resource,
      type,
      conditionalOn: null,
      from,
      to: '1',
      inputs: {},
      reasons: [],
      digest: digestOfJson({ name, type }),
      stalled: null,
    };
  };
  return {
    kind: 'BuildProfile',
    catalogFolder: 'renewals',
    readsPolicy: true,
    async readCatalog({ git, reader }, names) {
      times.clear();
      for (const name of names) {
        const entry = expectValue(await reader.entryAt(`${entryFolder(name)}/until`));
        if (entry !== undefined) {
          times.set(name, Buffer.from(expectValue(await git.readBlob(entry.id, 100))).toString());
        }
      }
      return success({ active: new Map([...times.keys()].map((name) => [name, '1'])), view: {} });
    },
    plan: () => ({ changes: [], unchanged: 0, diagnostics: [] }),
    planSome({ resources, now }) {
      const changes = new Map<string, Change>();
      const validUntil = new Map<string, string>();
      for (const { identity } of resources) {
        asked.push(identity.name);
        const until = times.get(identity.name);
        if (until === undefined) {
          changes.set(identity.name, changeOf(identity.name, 'create', null));
        } else if (until <= now.toISOString()) {
          changes.set(identity.name, changeOf(identity.name, 'rebuild', '1'));
        } else {
          validUntil.set(identity.name, until);
        }
      }
      return { changes, validUntil };
    },
    planRetirements: ({ orphans, activeCount }) => ({
      changes: [...orphans].map(([name, version]) => changeOf(name, 'retire', version)),
      diagnostics:
        activeCount === orphans.size
          ? []
          : [{ code: 'SK3201', severity: 'warning', message: 'some', hint: '' }],
    }),
  };
}

function entryFolder(name: string): string {
  return `${catalogFolder}/renewals/${hexOf(digestOfBytes(name)).slice(0, 2)}/${name}`;
}

const profile = (name: string) => [`profiles/${name}.yaml`, documentText('BuildProfile', name)] as const;
const until = (name: string, time: string) => [`${entryFolder(name)}/until`, time] as const;
const policy = ['sandkiln.yaml', documentText('Repository', 'test')] as const;
const summer = '2027-06-01T00:00:00.000Z';
const winter = '2027-12-01T00:00:00.000Z';
const spring = new Date('2027-04-01T00:00:00Z');
const autumn = new Date('2027-10-01T00:00:00Z');

async function planWith(
  { workspace: { git } }: OpenedRepository,
  planner: Planner,
  now: Date,
  table: PlanTable,
): Promise<IncrementalPlan> {
  const commit = expectValue(await git.resolveCommit('refs/heads/main'));
  const { tree } = expectValue(await git.readCommit(commit));
  const reader = createPathReader(git, expectValue(await git.readFolder(tree)));
  const made = await incrementalPlan({
    git,
    desired: reader,
    catalogCommit: commit,
    catalog: reader,
    kinds: await loadKinds(),
    planners: [planner],
    safeguardsOf: () => ({ maxRetirePercent: 100 }),
    now,
    table,
  });
  if (made === undefined) {
    throw new Error('no plan was made');
  }
  return made;
}

describe('the index and a kind that it knows nothing of', () => {
  it('plans what changed, what expired and what went away, as a plan from nothing does', async () => {
    using rig = createGitRepository();
    await using opened = await openWorkspaceAt(rig.path);
    const asked: string[] = [];
    const planner = renewals(asked);
    let table = emptyTable;
    const expectPlan = async (now: Date, names: readonly string[]) => {
      asked.length = 0;
      const next = await planWith(opened, planner, now, table);
      expect([...asked].sort()).toEqual(names);
      expect(next.answer).toEqual((await planWith(opened, planner, now, emptyTable)).answer);
      const { base = '' } = tableTexts('test', next.table, undefined);
      table = readTable('test', { base: Buffer.from(base), patch: undefined }).table;
      return next.answer;
    };
    const types = ({ plan }: IncrementalPlan['answer']) =>
      plan.changes.map(({ resource, type }) => `${type} ${resource.name}`);

    const files = new Map<string, string>([policy, profile('a'), profile('b'), profile('c')]);
    let parent = importCommit(rig.path, files);
    expect(types(await expectPlan(spring, ['a', 'b', 'c']))).toEqual(['create a', 'create b', 'create c']);

    for (const [path, text] of [until('a', summer), until('b', winter), until('c', winter)]) {
      files.set(path, text);
    }
    parent = importCommit(rig.path, files, { parent });
    const renewed = await expectPlan(spring, ['a', 'b', 'c']);
    expect(types(renewed)).toEqual([]);
    expect(renewed.validUntil).toBe(summer);

    const late = await expectPlan(autumn, ['a']);
    expect(types(late)).toEqual(['rebuild a']);
    expect(late.validUntil).toBe(winter);

    files.set(...until('a', winter));
    files.delete(profile('b')[0]);
    parent = importCommit(rig.path, files, { parent });
    const gone = await expectPlan(autumn, ['a']);
    expect(types(gone)).toEqual(['retire b']);
    expect(gone.plan.unchanged).toBe(2);

    files.set(profile('c')[0], `# a comment\n${profile('c')[1]}`);
    parent = importCommit(rig.path, files, { parent });
    await expectPlan(autumn, []);

    files.set(policy[0], `${policy[1]}# another file\n`);
    importCommit(rig.path, files, { parent });
    await expectPlan(autumn, ['a', 'c']);
  });
});
