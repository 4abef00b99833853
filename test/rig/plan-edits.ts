import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { planState } from '../../src/cli/loaded-state.ts';
import { planView } from '../../src/cli/open-plan.ts';
import type { PlanView } from '../../src/cli/plan-view.ts';
import { wholeView } from '../../src/cli/whole-view.ts';
import { headPath, imageRecordPath, imageStatePath } from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import { identityText } from '../../src/model/resource.ts';
import type { Result } from '../../src/model/result.ts';
import { resolveFiles } from './desired-files.ts';
import { createGitRepository, gitTestEnvironment } from './git-repository.ts';
import { documentText, osLine } from './image-files.ts';
import { type CommitFile, importCommit } from './import-commit.ts';
import { listEdit, trustFile } from './list-edits.ts';
import { openWorkspaceAt } from './open-test-workspace.ts';
import { builtCatalog } from './planned-images.ts';

/** Files of a repository at some moment. */
type State = ReadonlyMap<string, CommitFile>;
type Edit = (state: Map<string, CommitFile>) => void | Promise<void>;

const images = ['base', 'web', 'lab', 'db', 'tool'] as const;
const folders = ['', 'team-a/', 'team-b/', 'team-b/deep/'] as const;
const profiles = ['common', 'vm'] as const;

/** One commit of a person or of the engine, or a branch that is set back to an earlier commit. */
export type Step =
  | { readonly does: 'edit'; readonly what: string; readonly edits: readonly Edit[] }
  | { readonly does: 'set back'; readonly by: number };

const image = fc.constantFrom(...images);

/** Lines of a spec; some combinations are wrong, which plans must tell in the same words. */
const specLines = fc
  .record({
    version: fc.constantFrom('1.0.0', '1.1.0'),
    from: fc.option(image, { nil: undefined, freq: 2 }),
    profile: fc.option(fc.constantFrom(...profiles), { nil: undefined }),
    packages: fc.subarray(['curl', 'jq', 'vim']),
    source: fc.option(fc.constantFrom('files/a', 'files/b', 'other'), { nil: undefined }),
    owner: fc.option(fc.constantFrom('root:root', 'nobody-knows'), { nil: undefined, freq: 1 }),
    removed: fc.option(fc.constant('absent'), { nil: undefined, freq: 4 }),
    permuted: fc.boolean(),
  })
  .map((spec) => {
    const lines = [
      `version: ${spec.version}`,
      ...(spec.from === undefined ? [osLine] : [`from: ${spec.from}`]),
      ...(spec.profile === undefined ? [] : [`buildProfile: ${spec.profile}`]),
      `packages: [${spec.packages.join(', ')}]`,
      ...(spec.removed === undefined ? [] : [`packages-: [${spec.removed}]`]),
      ...(spec.source === undefined
        ? []
        : [
            `files: [{path: /etc/x, source: ${spec.source}${spec.owner === undefined ? '' : `, owner: "${spec.owner}"`}}]`,
          ]),
      'outputs: [rootfs]',
    ].filter((line) => spec.removed === undefined || !line.startsWith('packages:'));
    return spec.permuted ? lines.toReversed() : lines;
  });

const edit = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(image, specLines).map(([name, lines]) =>
      named(`write ${name}`, (state) => {
        const path = [...state.keys()].find((key) => key.endsWith(`/${name}.yaml`));
        state.set(path ?? `specs/images/${name}.yaml`, documentText('SandboxImageSpec', name, ...lines));
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(image, fc.constantFrom(...folders)).map(([name, folder]) =>
      named(`move ${name} to ${folder}`, (state) => {
        for (const [path, text] of [...state]) {
          if (path.endsWith(`/${name}.yaml`)) {
            state.delete(path);
            state.set(`specs/images/${folder}${name}.yaml`, text);
          }
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: image.map((name) =>
      named(`delete ${name}`, (state) => {
        for (const path of [...state.keys()]) {
          if (path.endsWith(`/${name}.yaml`)) {
            state.delete(path);
          }
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(image, image).map(([from, to]) =>
      named(`copy ${from} as ${to}`, (state) => {
        const text = state.get(`specs/images/${from}.yaml`);
        if (typeof text === 'string') {
          state.set(`specs/images/team-a/${to}.yaml`, text.replace(`name: ${from}`, `name: ${to}`));
        }
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...profiles), fc.constantFrom('15m', '20m', '30m'), fc.boolean())
      .map(([name, time, extending]) =>
        named(`profile ${name}`, (state) => {
          const other = name === 'vm' ? ['extends: common'] : [];
          state.set(
            `profiles/${name}.yaml`,
            documentText('BuildProfile', name, `limits: {stopAfter: ${time}}`, ...(extending ? other : [])),
          );
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(...profiles)
      .map((name) => named(`no profile ${name}`, (state) => void state.delete(`profiles/${name}.yaml`))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('files/a', 'files/b', 'other'),
        fc.constantFrom('one', 'two', 'x', 'link', 'gone'),
      )
      .map(([path, kind]) =>
        named(`file ${path} ${kind}`, (state) => {
          if (kind === 'gone') {
            state.delete(path);
          } else {
            state.set(
              path,
              kind === 'x'
                ? { mode: '100755', text: 'one' }
                : kind === 'link'
                  ? { mode: '120000', text: 'one' }
                  : kind,
            );
          }
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'safeguards: {maxRetirePercent: 100}',
        'safeguards: {maxRetirePercent: 0}',
        'allowLists: {permit: [resolvers]}',
        'allowLists: {sinkhole: [10.66.66.3]}',
        '',
      )
      .map((line) =>
        named(`policy ${line}`, (state) => {
          if (line === '') {
            state.delete('sandkiln.yaml');
          } else {
            state.set('sandkiln.yaml', documentText('Repository', 'test', line));
          }
        }),
      ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(...images, ...profiles), fc.nat(2)).map(([name, lines]) =>
      named(`${lines} comments in ${name}`, (state) => {
        for (const [path, text] of state) {
          if (path.endsWith(`/${name}.yaml`) && typeof text === 'string') {
            state.set(path, '# a comment\n'.repeat(lines) + text.replace(/^(?:#.*\n)*/, ''));
          }
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .nat(9)
      .map((number) => named('unrelated', (state) => void state.set('README.md', `${number}`))),
  },
  { weight: 4, arbitrary: fc.subarray([...images], { minLength: 1 }).map(recordImages) },
  { weight: 14, arbitrary: listEdit },
  {
    weight: 1,
    arbitrary: image.map((name) =>
      named(`forget ${name}`, (state) => {
        for (const path of [...state.keys()]) {
          if (path.startsWith('catalog/') && path.includes(`/${name}/`)) {
            state.delete(path);
          }
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: image.map((name) =>
      named(`retire ${name}`, (state) => {
        const text = state.get(imageStatePath(name));
        if (text instanceof Uint8Array) {
          const record = { ...JSON.parse(Buffer.from(text).toString()), active: null, inputs: null };
          state.set(imageStatePath(name), recordBytes(record));
        }
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('catalog/runs/x', headPath, imageStatePath('web'))
      .map((path) => named(`damage ${path}`, (state) => void state.set(path, 'no record\n'))),
  },
);

export const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }).map(
        (edits): Step => ({
          does: 'edit',
          what: edits.map(({ what }) => what).join(', '),
          edits: edits.map(({ does }) => does),
        }),
      ),
    },
    { weight: 1, arbitrary: fc.nat(5).map((by): Step => ({ does: 'set back', by })) },
  ),
  { minLength: 8, maxLength: 12 },
);

function named(what: string, does: Edit): { readonly what: string; readonly does: Edit } {
  return { what, does };
}

/** What a reconcile would write for these images, as far as the desired state can be resolved. */
function recordImages(names: readonly string[]) {
  return named(`record ${names.join(' ')}`, (state) => {
    const files = Object.fromEntries(
      [...state].flatMap(([path, text]) =>
        path.startsWith('catalog/')
          ? []
          : [
              [
                path,
                typeof text === 'string'
                  ? text
                  : text instanceof Uint8Array
                    ? ''
                    : `${text.mode} ${text.text}`,
              ],
            ],
      ),
    );
    if (!resolveFiles(files).ok) {
      return;
    }
    const digests = new Map(Object.entries(files).map(([path, text]) => [path, digestOfBytes(text)]));
    const catalog = builtCatalog(files, digests);
    for (const name of names) {
      const record = catalog.active.get(name);
      const imageState = catalog.states.get(name);
      if (record !== undefined && imageState !== undefined) {
        state.set(imageRecordPath(name, record.version), recordBytes(record));
        state.set(imageStatePath(name), recordBytes(imageState));
      }
    }
  });
}

const start: State = new Map<string, CommitFile>([
  ['sandkiln.yaml', documentText('Repository', 'test', 'safeguards: {maxRetirePercent: 100}')],
  [
    'specs/images/base.yaml',
    documentText('SandboxImageSpec', 'base', 'version: 1.0.0', osLine, 'outputs: [rootfs]'),
  ],
  [
    'specs/images/team-a/web.yaml',
    documentText(
      'SandboxImageSpec',
      'web',
      'version: 1.0.0',
      'from: base',
      'buildProfile: vm',
      'files: [{path: /etc/x, source: files/a}]',
      'outputs: [rootfs]',
    ),
  ],
  ['profiles/common.yaml', documentText('BuildProfile', 'common', 'limits: {stopAfter: 20m}')],
  ['profiles/vm.yaml', documentText('BuildProfile', 'vm', 'extends: common')],
  ['files/a', 'one'],
  ['files/b', 'one'],
  trustFile,
  [
    'specs/allow-lists/egress.yaml',
    documentText('AllowList', 'egress', 'include: [shared]', 'entriesFrom: [{file: lists/a.jsonl}]'),
  ],
  [
    'specs/allow-lists/shared.yaml',
    documentText('AllowList', 'shared', 'entries: [{match: {host: a.example.org}, reason: r}]'),
  ],
  ['lists/a.jsonl', '{"match":{"host":"f.example.org"},"reason":"r"}\n'],
]);

/**
 * Makes the commits one after the other. After each, the plan with what is remembered of the ones before must be the plan
 * of a clone that remembers nothing, and the plan that is made without any index, to the byte.
 */
export async function expectEqualPlans(made: readonly Step[]): Promise<void> {
  using rig = createGitRepository();
  await using opened = await openWorkspaceAt(rig.path);
  const workspace = opened.workspace;
  const indexFolder = join(rig.path, '.git/sandkiln');
  const commits: { readonly id: string; readonly state: State }[] = [
    { id: importCommit(rig.path, start), state: start },
  ];
  let current = 0;
  for (const step of [undefined, ...made]) {
    if (step?.does === 'edit') {
      const state = new Map(commits[current]?.state);
      for (const change of step.edits) {
        await change(state);
      }
      const id = importCommit(rig.path, state, { parent: commits[current]?.id });
      current = commits.push({ id, state }) - 1;
    } else if (step?.does === 'set back') {
      current = Math.max(0, current - step.by);
      const id = commits[current]?.id ?? '';
      execFileSync('git', ['update-ref', 'refs/heads/main', id], {
        cwd: rig.path,
        env: gitTestEnvironment(),
      });
    }
    const incremental = await told(await planView(workspace, {}));
    const repeated = await told(await planView(workspace, {}));
    const without = await told(wholeView(await planState(workspace, {})));
    expect(incremental).toBe(without);
    expect(repeated).toBe(without);
    if (current % 4 === 0) {
      rmSync(indexFolder, { recursive: true, force: true });
      expect(await told(await planView(workspace, {}))).toBe(without);
    }
  }
}

/** Everything that commands tell of a plan. */
export async function told(view: Result<PlanView>): Promise<string> {
  if (!view.ok) {
    return JSON.stringify(view.diagnostics, null, 1);
  }
  const { made, warnings, head, commit } = view.value;
  const { resources, wanted, active } = await view.value.images();
  const loaded = await view.value.load();
  const changed = made.plan.changes.map(({ resource }) => {
    const one = loaded.ok ? loaded.value.desired.resources.get(resource.kind)?.get(resource.name) : undefined;
    const record = loaded.ok ? loaded.value.view.active.get(resource.name) : undefined;
    return [identityText(resource), one?.digest, one?.file, [...(one?.origins ?? [])], record];
  });
  const everything = {
    commit,
    plan: made.plan,
    diagnostics: made.diagnostics,
    warnings,
    head,
    resources: [...resources].sort(),
    wanted: [...wanted].sort(),
    active: [...active].sort(),
    changed,
  };
  return JSON.stringify(everything, null, 1);
}
