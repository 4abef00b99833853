import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { createGitRepository, gitTestEnvironment } from '../../rig/git-repository.ts';
import { sandboxInNamespace } from '../../rig/network-namespaces.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const page = readFileSync(new URL('../../../docs/kinds/allow-list.md', import.meta.url), 'utf8');
const enforcersPage = readFileSync(new URL('../../../docs/enforcers.md', import.meta.url), 'utf8');
const program = fileURLToPath(new URL('../../../bin/sandkiln.js', import.meta.url));

function blocks(language: string): readonly string[] {
  return [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 'gs'))].map(([, text = '']) => text);
}

/** A repository with the lists of the page, not committed yet, and a shell that finds `sandkiln`. */
function repositoryOfThePage() {
  const repository = createGitRepository();
  onTestFinished(() => repository[Symbol.dispose]());
  const home = temporaryFolder();
  const command = join(home, 'bin/sandkiln');
  mkdirSync(join(home, 'bin'));
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
  chmodSync(command, 0o755);
  const environment = gitTestEnvironment();
  const shell = (script: string): string => {
    const ended = spawnSync('sh', ['-e', '-c', script], {
      cwd: repository.path,
      env: { ...environment, HOME: home, PATH: `${join(home, 'bin')}:${environment['PATH']}` },
      encoding: 'utf8',
    });
    expect(ended.status, `${script}\n${ended.stdout}${ended.stderr}`).toBe(0);
    return ended.stdout;
  };
  shell('sandkiln init');
  repository.commit('init');
  const write = (file: string, text: string) => {
    mkdirSync(join(repository.path, file, '..'), { recursive: true });
    writeFileSync(join(repository.path, file), text);
  };
  const [own = '', included = ''] = blocks('yaml');
  write('specs/allow-lists/lab-egress.yaml', own);
  write('specs/allow-lists/debian-packages.yaml', included);
  write('lists/partners.jsonl', blocks('jsonl')[0] ?? '');
  return { repository, shell, write, own };
}

test('the commands of the page about allow-lists do what it says, and its revision is the one that they make', () => {
  const { repository, shell, write, own } = repositoryOfThePage();
  const { judgedIn, pathOf, run } = sandboxInNamespace();
  const [record = '', ask = '', back = '', enforce = '', ...others] = blocks('sh');
  expect(others).toEqual([]);
  expect(shell(record)).toMatch(/reconcile: 0 built, 0 failed, 2 revised/);

  write('specs/allow-lists/lab-egress.yaml', own.replace('8000-8010]', '8443]'));
  repository.commit('The partner moved');
  shell('sandkiln reconcile');
  const folder = join(repository.path, 'catalog/allow-lists');
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    path.endsWith('lab-egress/revisions/000/000002.yaml'),
  );
  const made = parse(readFileSync(join(folder, file ?? ''), 'utf8'));
  const shown = parse(blocks('yaml revision')[0] ?? '');
  expect(Object.keys(shown)).toEqual(Object.keys(made));
  const { changeset, validUntil, inputs, cause, set } = made;
  expect({
    changeset,
    validUntil,
    type: cause.type,
    inputs: Object.keys(inputs),
    set: Object.keys(set),
  }).toEqual({
    changeset: shown.changeset,
    validUntil: shown.validUntil,
    type: shown.cause.type,
    inputs: Object.keys(shown.inputs),
    set: Object.keys(shown.set),
  });
  const fields = page.split('\n').filter((line) => line.startsWith('| `'));
  for (const field of Object.keys(made).slice(3)) {
    expect(fields.some((line) => line.split('|')[1]?.includes(`\`${field}`))).toBe(true);
  }

  expect(shell(ask)).toContain('api.example.org:443/tcp: allowed by lab-egress revision 2');
  expect(shell(back)).toMatch(/lab-egress +revised +revision 3/);
  const nothing = shell(`sandkiln allow-list drift lab-egress --netns ${pathOf(judgedIn)} || test $? = 7`);
  expect(nothing).toContain('drift: lab-egress revision 3: nothing of it is in force');
  const enforced = shell(enforce.replaceAll('--netns lab', `--netns ${pathOf(judgedIn)}`));
  expect(enforced).toContain('lab-egress revision 3 would be put in force');
  expect(enforced).toContain('drift: lab-egress revision 3: none');
  run(judgedIn, 'nft', 'insert rule inet sandkiln-lab-egress output accept');
  const changed = shell(
    `sandkiln allow-list drift lab-egress --netns ${pathOf(judgedIn)} --run-profile lab-vm || test $? = 7`,
  );
  expect(changed).toContain('changed by others: the chains around the rules; `sandkiln allow-list apply`');
  for (const command of [
    'export lab-egress --to squid --out egress',
    `apply lab-egress --netns ${pathOf(judgedIn)} --dry-run`,
  ]) {
    const told = JSON.parse(shell(`sandkiln allow-list ${command} --output json`));
    expect(told.formatVersion).toBe(1);
    expect(told.losses[0]).toMatchObject({ kind: expect.any(String), entry: { allow: expect.any(String) } });
  }
});

test('the commands at the start of the page about enforcers work in their order', () => {
  const { repository, shell } = repositoryOfThePage();
  const { judgedIn, pathOf } = sandboxInNamespace();
  repository.commit('lists');
  shell('sandkiln reconcile');
  const start = enforcersPage.split('## Start here\n')[1]?.split('\n## ')[0] ?? '';
  const commands = [...start.matchAll(/`(sandkiln allow-list [^`]*)`/g)].map(([, command = '']) => command);
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    shell(command.replaceAll('--netns lab', `--netns ${pathOf(judgedIn)}`));
  }
  const [named = ''] = /egress\/\S+cilium\S+(?=`)/.exec(start) ?? [];
  expect(readFileSync(join(repository.path, named), 'utf8')).toContain('kind: CiliumNetworkPolicy');
  const anchors = [...start.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
  const headings = [...enforcersPage.matchAll(/^## (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(anchors.filter((anchor) => !headings.includes(anchor))).toEqual([]);
});
