import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitTestEnvironment } from '../test/rig/git-repository.ts';
import type { Contender } from './in-turn.ts';

const wireitVersion = '0.14.13';
const turboVersion = '2.11.11';
/** Wireit starts a shell for each script to get there: twenty seconds for a thousand of them. */
const mostWireitScripts = 1000;
const mostTurboPackages = 10_000;

/** Installs the peers that come from npm; gives their `node_modules`. */
export function installPeers(folder: string): string {
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  const packages = [`wireit@${wireitVersion}`, `turbo@${turboVersion}`];
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return join(folder, 'node_modules');
}

/** ninja where nothing is to do: edges with one input and one output each. */
export function ninjaPeer(folder: string, edges: number): Contender {
  mkdirSync(join(folder, 'in'), { recursive: true });
  mkdirSync(join(folder, 'out'));
  const rules = ['rule make', '  command = :'];
  for (let index = 0; index < edges; index += 1) {
    writeFileSync(join(folder, `in/${index}`), '');
    rules.push(`build out/${index}: make in/${index}`);
  }
  for (let index = 0; index < edges; index += 1) {
    writeFileSync(join(folder, `out/${index}`), '');
  }
  writeFileSync(join(folder, 'build.ninja'), `${rules.join('\n')}\n`);
  // One edge is made; what ninja logged about it holds for all, as all have one command.
  execFileSync('ninja', ['out/0'], { cwd: folder, stdio: 'ignore' });
  const log = join(folder, '.ninja_log');
  const line = readFileSync(log, 'utf8').trim().split('\n').at(-1)?.split('\t') ?? [];
  const lines = Array.from({ length: edges - 1 }, (_, index) => line.with(3, `out/${index + 1}`).join('\t'));
  appendFileSync(log, `${lines.join('\n')}\n`);
  const version = execFileSync('ninja', ['--version'], { encoding: 'utf8' }).trim();
  return {
    name: `ninja ${version}, ${edges} edges`,
    file: 'ninja',
    argv: [],
    directory: folder,
    environment: {},
    says: 'no work to do',
  };
}

/** wireit where all scripts of one package are fresh; without npm before it, which takes longer than a small run. */
export function wireitPeer(folder: string, modules: string, specs: number): Contender {
  const count = Math.min(specs, mostWireitScripts);
  const names = Array.from({ length: count }, (_, index) => `script-${index}`);
  mkdirSync(join(folder, 'in'), { recursive: true });
  for (const name of names) {
    writeFileSync(join(folder, 'in', name), name);
  }
  const scripts = Object.fromEntries(['all', ...names].map((name) => [name, 'wireit']));
  const wireit = {
    all: { dependencies: names },
    ...Object.fromEntries(names.map((name) => [name, { command: ':', files: [`in/${name}`], output: [] }])),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'bench', scripts, wireit }));
  const contender = {
    name: `wireit ${wireitVersion}, ${count} scripts`,
    file: process.execPath,
    argv: [join(modules, 'wireit/bin/wireit.js')],
    directory: folder,
    environment: {
      npm_package_json: join(folder, 'package.json'),
      npm_lifecycle_event: 'all',
      npm_config_user_agent: 'npm/10.9.0',
      WIREIT_LOGGER: 'quiet-ci',
      WIREIT_CACHE: 'local',
    },
  };
  runOnce(contender);
  return { ...contender, says: 'Ran 0 scripts' };
}

/** turbo where the result of each package is in its cache; its own program, without the script that npm puts before it. */
export function turboPeer(folder: string, modules: string, specs: number): Contender {
  const count = Math.min(specs, mostTurboPackages);
  for (let index = 0; index < count; index += 1) {
    const member = join(folder, 'packages', `member-${index}`);
    mkdirSync(member, { recursive: true });
    const text = JSON.stringify({ name: `member-${index}`, version: '1.0.0', scripts: { build: ':' } });
    writeFileSync(join(member, 'package.json'), text);
    writeFileSync(join(member, 'in'), `${index}`);
  }
  const root = { name: 'bench', private: true, packageManager: 'npm@10.9.0', workspaces: ['packages/*'] };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(root));
  writeFileSync(
    join(folder, 'package-lock.json'),
    '{"name": "bench", "lockfileVersion": 3, "packages": {}}\n',
  );
  writeFileSync(join(folder, 'turbo.json'), '{"tasks": {"build": {"inputs": ["in"], "outputs": []}}}\n');
  writeFileSync(join(folder, '.gitignore'), 'node_modules\n.turbo\n/bin\n');
  symlinkSync(modules, join(folder, 'node_modules'));
  for (const command of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message=first'],
  ]) {
    execFileSync('git', command, { cwd: folder, env: gitTestEnvironment() });
  }
  // Filling the cache starts npm for each package. One that does nothing gives the same cache in less time.
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\n', { mode: 0o755 });
  const contender = {
    name: `turbo ${turboVersion}, ${count} packages`,
    file: turboProgram(modules),
    argv: ['run', 'build', '--output-logs=none', '--no-update-notifier'],
    directory: folder,
    environment: {
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
      TURBO_TELEMETRY_DISABLED: '1',
    },
  };
  runOnce(contender);
  return { ...contender, says: `${count} cached, ${count} total` };
}

function turboProgram(modules: string): string {
  const platform = readdirSync(join(modules, '@turbo')).at(0) ?? '';
  return join(modules, '@turbo', platform, 'bin/turbo');
}

function runOnce({ file, argv, directory, environment }: Contender): void {
  execFileSync(file, argv, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  });
}
