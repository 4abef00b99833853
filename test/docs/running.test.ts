import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { createHostsOnRemote, type HostsOnRemote } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';
import {
  type Forge,
  openForge,
  programFolder,
  runnerEnvironment,
  runScript,
  runWorkflow,
  type Workflow,
  type WorkflowOptions,
} from '../rig/workflow-runner.ts';

const page = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
const spec = 'specs/images/web.yaml';
const files = { [spec]: quickImageText('web') };
const broken = quickImageText('web', 'smokeTests: [{name: is there, file: {path: /nowhere}}]');

/** The example below a heading. */
function example(heading: string, language: 'yaml' | 'crontab'): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const [, text] = new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(section) ?? [];
  if (text === undefined) {
    throw new Error(`docs/running.md has no example below ${heading}`);
  }
  return text;
}

/** Workflows of a remote's forge, on hosts that are there for as long as the test. */
function workflowsOn(hosts: HostsOnRemote, forge: Forge) {
  const [withKey, keyless] = [hosts.host().folder, hosts.host({ keyless: true }).folder];
  return (heading: string, options: Partial<WorkflowOptions> & { readonly isKeyless?: boolean } = {}) =>
    runWorkflow(parse(example(heading, 'yaml')) as Workflow, {
      forge,
      hostOf: () => (options.isKeyless === true ? keyless : withKey),
      ref: 'refs/heads/main',
      ...options,
    });
}

test('the workflow for pull requests shows the plan, and fails at what is wrong', async () => {
  const hosts = createHostsOnRemote(files);
  const run = workflowsOn(hosts, await openForge(hosts));
  const author = hosts.host();
  author.git('switch', '--quiet', '--create', 'change');
  const propose = (text: string) => {
    author.push('change', { [spec]: text });
    hosts.git('update-ref', 'refs/pull/1/merge', 'refs/heads/change');
  };
  propose(quickImageText('web', 'packages: [curl]'));
  const good = await run('Pull requests', { ref: 'refs/pull/1/merge', isKeyless: true });
  expect(good.jobs, good.output).toEqual({ plan: 'success' });
  expect(good.summary).toMatch(/^ {4}\+ SandboxImageSpec\/web/m);
  propose(quickImageText('web', 'pakages: [curl]'));
  const bad = await run('Pull requests', { ref: 'refs/pull/1/merge', isKeyless: true });
  expect(bad.jobs).toEqual({ plan: 'failure' });
  expect(bad.output).toContain('specs/images/web.yaml:9:3: unknown field "pakages" in spec');
});

test('the workflow after a merge records once, and then has nothing to do', async () => {
  const hosts = createHostsOnRemote(files);
  const run = workflowsOn(hosts, await openForge(hosts));
  const first = await run('After a merge');
  expect(first.jobs, first.output).toEqual({ reconcile: 'success' });
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
  const second = await run('After a merge');
  expect(second.jobs, second.output).toEqual({ reconcile: 'success' });
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
});

test('the workflow for protected branches opens one pull request, and nothing where main has all records', async () => {
  const hosts = createHostsOnRemote(files);
  const programs = temporaryFolder();
  const asked = join(programs, 'asked.txt');
  const number = join(programs, 'number.txt');
  writeFileSync(number, '');
  writeFileSync(asked, '');
  // GitHub cannot be reached from a test: this says what its program was asked, and the number of the open pull request.
  writeFileSync(join(programs, 'gh'), standInForGitHub, { mode: 0o755 });
  const run = workflowsOn(hosts, await openForge(hosts));
  const reconcile = async () => {
    const ended = await run('Protected branches', { programs });
    expect(ended.jobs, ended.output).toEqual({ reconcile: 'success' });
    return readFileSync(asked, 'utf8').trim().split('\n').at(-1) ?? '';
  };
  expect(await reconcile()).toBe(
    'pr create --base main --head sandkiln/records --title catalog: web 1.0.0+1',
  );
  expect(hosts.git('rev-list', '--count', 'main')).toBe('1');
  writeFileSync(number, '7\n');
  expect(await reconcile()).toBe('pr edit 7 --title catalog: web 1.0.0+1');

  const person = hosts.host();
  person.git('merge', '--quiet', '--no-ff', '-m', 'Merge the records', 'origin/sandkiln/records');
  person.git('push', '--quiet', 'origin', 'main');
  expect((await person.run('verify')).exitCode).toBe(0);
  writeFileSync(asked, '');
  expect(await reconcile()).toBe('');
});

const standInForGitHub = `#!/bin/sh -e
[ "$GH_TOKEN" = token-that-writes ] && [ "$GH_REPO" = owner/remote ]
folder=$(dirname "$0")
if [ "$2" = list ]; then
  cat "$folder/number.txt"
  exit
fi
for word; do [ "$word" != body.md ] || grep -q '^Records of sandkiln' body.md; done
echo "$*" | sed 's/ --body-file body.md$//' >> "$folder/asked.txt"
`;

test('the workflow of two jobs records what a host without key and without right to push has built', async () => {
  const hosts = createHostsOnRemote(files);
  const forge = await openForge(hosts);
  const key = readFileSync(join(hosts.host().folder, 'config/sandkiln/keys/builder.pem'), 'utf8');
  const run = workflowsOn(hosts, forge);
  const bothJobs = () => run('Two jobs', { isKeyless: true, secrets: { SANDKILN_BUILDER_KEY: key.trim() } });
  const first = await bothJobs();
  expect(first.jobs, first.output).toEqual({ build: 'success', record: 'success' });
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
  const again = await bothJobs();
  expect(again.jobs, again.output).toEqual({ build: 'success', record: 'success' });
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');

  hosts.host().push('broken', { [spec]: broken });
  const failed = await bothJobs();
  expect(failed.jobs, failed.output).toEqual({ build: 'failure', record: 'failure' });
  expect(hosts.git('rev-list', '--count', 'main')).toBe('4');
  const judge = hosts.host();
  expect(await judge.run('verify')).toMatchObject({ exitCode: 0 });
});

test('the pipeline of GitLab plans, and reconciles from a commit without a branch', async () => {
  const hosts = createHostsOnRemote(files);
  const forge = await openForge(hosts);
  const jobs: Readonly<Record<string, { readonly script: readonly string[] }>> = parse(
    example('GitLab', 'yaml'),
  );
  const { hostname, port } = new URL(forge.url);
  const run = async (job: string, token = forge.writeToken) => {
    const workspace = temporaryFolder();
    const environment = {
      ...runnerEnvironment(hosts.host().folder, forge),
      SANDKILN_PUSH_TOKEN: token,
      CI_COMMIT_BRANCH: 'main',
      CI_SERVER_HOST: hostname,
      CI_SERVER_PORT: port,
      CI_PROJECT_PATH: 'remote',
      URL: forge.url.replace('//', `//gitlab-ci-token:${forge.readToken}@`),
    };
    const fetched = await runScript('bash', ['-e', '-c', gitLabCheckout], {
      cwd: workspace,
      env: environment,
    });
    expect(fetched.exitCode, fetched.output).toBe(0);
    const script = (jobs[job]?.script ?? []).join('\n');
    return runScript('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: workspace, env: environment });
  };
  const plan = await run('plan');
  expect(plan.exitCode, plan.output).toBe(0);
  expect(plan.output).toContain('+ SandboxImageSpec/web');
  const refused = await run('reconcile', 'wrong-secret');
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain('SK2108');
  expect(refused.output).not.toContain('wrong-secret');
  const reconciled = await run('reconcile');
  expect(reconciled.exitCode, reconciled.output).toBe(0);
  expect(hosts.git('rev-list', '--count', 'main')).toBe('2');
});

const gitLabCheckout = `
  git init --quiet
  git remote add origin "$URL"
  git fetch --quiet origin "+refs/heads/main:refs/remotes/origin/main"
  git checkout --quiet --force --detach refs/remotes/origin/main
`;

test('the line for cron reconciles in the environment that cron gives', async () => {
  const hosts = createHostsOnRemote(files);
  const host = hosts.host();
  const log = join(host.folder, 'sandkiln.jsonl');
  const [path = '', line = ''] = example('cron', 'crontab').split('\n');
  const command = line
    .replace(/^(?:\S+ ){5}/, '')
    .replace('/srv/images', host.path)
    .replace('/var/log/sandkiln.jsonl', log);
  for (const [name, home] of Object.entries({ config: '.config', data: '.local/share', cache: '.cache' })) {
    mkdirSync(join(host.folder, name), { recursive: true });
    mkdirSync(join(host.folder, '.local'), { recursive: true });
    symlinkSync(join(host.folder, name), join(host.folder, home));
  }
  const run = () =>
    runScript('/bin/sh', ['-c', command], {
      cwd: host.folder,
      env: {
        HOME: host.folder,
        LOGNAME: 'engine',
        SHELL: '/bin/sh',
        PATH: [programFolder(), join(process.execPath, '..'), path.replace('PATH=', '')].join(delimiter),
      },
    });
  // What it prints besides the log is what cron mails.
  expect(await run()).toEqual({ exitCode: 0, output: '' });
  hosts.host().push('change', { [spec]: quickImageText('web', 'packages: [curl]') });
  expect(await run()).toEqual({ exitCode: 0, output: '' });
  expect(readFileSync(log, 'utf8').trim().split('\n').length).toBeGreaterThan(1);
  expect(hosts.git('rev-list', '--count', 'main')).toBe('4');
  rmSync(log);
});
