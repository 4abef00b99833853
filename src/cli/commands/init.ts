import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createKeys, initRepositoryAt, openWorkspace, type Workspace } from '../../compose.ts';
import { recordBytes } from '../../engine/catalog/record-bytes.ts';
import { createFirstTrust } from '../../engine/trust/create-trust.ts';
import { type Result, success } from '../../model/result.ts';
import type { Command, Invocation } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-code.ts';
import { makeFolders } from '../make-folders.ts';
import { failWith } from '../with-workspace.ts';
import { writeNewFile } from '../write-new-file.ts';

/** What `init` writes besides trust; `--example` adds the images and the allow-list that ship with the program. */
const basicFiles = ['sandkiln.yaml'] as const;
const exampleFiles = [
  'specs/images/debian-12-base.yaml',
  'specs/images/debian-12-lab.yaml',
  'specs/allow-lists/debian-updates.yaml',
  'profiles/debian-vm.yaml',
  'profiles/lab-vm.yaml',
  'profiles/isolated.yaml',
  'files/agent',
] as const;

const attributes =
  '# Written by sandkiln alone; never line-merged or rewritten on checkout.\ncatalog/** -text -merge linguist-generated\n';

export const command: Command = {
  name: 'init',
  summary: 'prepare a repository: layout, keys, trust',
  argumentsText: '',
  options: {
    example: {
      type: 'boolean',
      help: 'also write two images that build, debian-12-base and debian-12-lab, and the allow-list debian-updates',
    },
  },
  arguments: { least: 0, most: 0 },
  outputs: [],
  details: [
    'Works in an empty folder and in a repository with files. Nothing that is there is ever replaced.',
  ],
  run: init,
};

async function init(invocation: Invocation): Promise<ExitCode> {
  const folder = await makeFolders(invocation.directory);
  if (!folder.ok) {
    return failWith(invocation, folder.diagnostics);
  }
  const opened = await openOrMake(invocation);
  if (!opened.ok) {
    return failWith(invocation, opened.diagnostics);
  }
  await using workspace = opened.value;
  const root = workspace.git.workTree;
  if (root === undefined) {
    return failWith(invocation, [
      {
        code: 'SK9030',
        severity: 'error',
        message: `${workspace.git.gitDirectory} is a bare repository: there is no work tree to write to`,
        hint: 'run sandkiln init in a clone of it',
      },
    ]);
  }
  const tell = (action: string, what: string) => invocation.stdout(`${action.padEnd(8)} ${what}\n`);
  const files = invocation.flag('example') ? [...basicFiles, ...exampleFiles] : basicFiles;
  const contents = [
    ...(await Promise.all(files.map(async (file) => [file, await shipped(file)] as const))),
    ['.gitattributes', Buffer.from(attributes)] as const,
  ];
  for (const [file, bytes] of contents) {
    const placed = await place(join(root, file), bytes, file === 'files/agent' ? 0o755 : 0o644);
    if (!placed.ok) {
      return failWith(invocation, placed.diagnostics);
    }
    tell(placed.value, file);
  }
  if (!(await readFile(join(root, '.gitattributes'), 'utf8')).includes('catalog/**')) {
    invocation.stderr(`note: add this line to .gitattributes yourself: ${attributes.split('\n')[1]}\n`);
  }

  const keys = await createKeys(workspace.host);
  if (!keys.ok) {
    return failWith(invocation, keys.diagnostics);
  }
  for (const { path, made } of keys.value.files) {
    tell(made ? 'wrote' : 'kept', `${path} (private key, mode 0600)`);
  }
  const trust = await firstTrust(root, keys.value);
  if (!trust.ok) {
    return failWith(invocation, trust.diagnostics);
  }
  tell(trust.value, 'trust/1.json');
  invocation.stdout(nextSteps(invocation.flag('example')));
  return exitCodes.ok;
}

async function openOrMake(invocation: Invocation): Promise<Result<Workspace>> {
  const opened = await openWorkspace(invocation.directory, invocation.environment);
  if (opened.ok || opened.diagnostics[0]?.code !== 'SK2001') {
    return opened;
  }
  const made = await initRepositoryAt(invocation.directory);
  if (!made.ok) {
    return made;
  }
  invocation.stdout(`${'made'.padEnd(8)} a git repository in ${invocation.directory}\n`);
  return openWorkspace(invocation.directory, invocation.environment);
}

/** A file as it ships with this package, whose repository has the layout that it describes. */
function shipped(file: string): Promise<Buffer> {
  return readFile(new URL(`../../../${file}`, import.meta.url));
}

async function place(path: string, bytes: Uint8Array, mode: number): Promise<Result<'wrote' | 'kept'>> {
  const folder = await makeFolders(dirname(path));
  return folder.ok ? writeNewFile(path, bytes, mode) : folder;
}

type Keys = Extract<Awaited<ReturnType<typeof createKeys>>, { ok: true }>['value'];

async function firstTrust(root: string, { root: rootKey, builder }: Keys): Promise<Result<'wrote' | 'kept'>> {
  const path = join(root, 'trust', '1.json');
  if (
    await stat(path).then(
      () => true,
      () => false,
    )
  ) {
    return success('kept');
  }
  const trust = await createFirstTrust({
    keys: [
      { name: 'root', publicKeyPem: rootKey.publicKeyPem, roles: ['root'] },
      { name: 'builder', publicKeyPem: builder.publicKeyPem, roles: ['builder'] },
    ],
    signers: [rootKey],
    now: new Date(),
  });
  return trust.ok ? place(path, recordBytes(trust.value), 0o644) : trust;
}

function nextSteps(withExample: boolean): string {
  const specs = withExample ? '' : '  write specs below specs/images/ and specs/allow-lists/ (docs/kinds/)\n';
  return `\nnext:\n${specs}  git add --all && git commit\n  sandkiln doctor\n  sandkiln plan\n`;
}
