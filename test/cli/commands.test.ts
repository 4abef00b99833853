import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { commandNames } from '../../src/cli/commands.ts';
import { createSandkilnProgram, imageText, initialisedProgram } from '../rig/sandkiln-program.ts';

const created = /plan: 2 to create, 0 to rebuild, 0 to supersede, 0 to retire, 0 unchanged\n$/;

describe('plan', () => {
  it('is the same from every folder of the repository and with -C, and writes nothing', () => {
    const sandkiln = initialisedProgram();
    const folder = join(sandkiln.repository.path, 'deep/er');
    mkdirSync(folder, { recursive: true });
    const before = sandkiln.traces();
    const here = sandkiln.run('plan', '--output', 'json');
    expect(here.stderr).toBe('');
    for (const words of [
      ['plan', '--output=json'],
      ['-C', sandkiln.repository.path, 'plan', '--output', 'json'],
      [`--directory=${sandkiln.repository.path}`, 'plan', '--output', 'json'],
      ['plan', '--output', 'json', '-C', '../..'],
    ]) {
      expect(sandkiln.runWith({ folder }, ...words)).toEqual(here);
    }
    expect(sandkiln.traces()).toEqual(before);
  });

  it('looks at HEAD, at --ref or at the work tree', () => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.write('specs/images/new.yaml', imageText('new'));
    expect(sandkiln.run('plan').stdout).toMatch(created);
    expect(sandkiln.run('plan', '--worktree').stdout).toContain('plan: 3 to create');
    sandkiln.repository.commit('third image');
    expect(sandkiln.run('plan').stdout).toContain('plan: 3 to create');
    expect(sandkiln.run('plan', '--ref', 'HEAD~1').stdout).toMatch(created);
    const unknown = sandkiln.run('plan', '--ref', 'nonsuch');
    expect(unknown.stderr).toContain('SK2006');
    expect(unknown.exitCode).toBe(3);
  });

  it('takes targets in and leaves others out', () => {
    const sandkiln = initialisedProgram();
    const only = sandkiln.run('plan', '--target', 'base');
    expect(only.stdout).toContain('+ SandboxImageSpec/base: create (nothing → 1.0.0)');
    expect(only.stdout).toContain('plan: 1 to create');
    expect(sandkiln.run('plan', '--exclude', 'web').stdout).toBe(only.stdout);
    expect(sandkiln.run('plan', '--target', 'base', '--exclude', 'base').stdout).toContain(
      'plan: 0 to create',
    );
    const unknown = sandkiln.run('plan', '--target', 'bse');
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unknown.stderr).toContain('did you mean base?');
  });

  it('tells with its exit code whether there are changes', () => {
    const sandkiln = initialisedProgram();
    expect(sandkiln.run('plan').exitCode).toBe(0);
    expect(sandkiln.run('plan', '--detailed-exitcode').exitCode).toBe(2);
    sandkiln.repository.git('rm', '--quiet', '-r', 'specs');
    sandkiln.repository.commit('no images');
    const nothing = sandkiln.run('plan', '--detailed-exitcode');
    expect(nothing.exitCode).toBe(0);
    expect(nothing.stdout).toBe(
      'plan: 0 to create, 0 to rebuild, 0 to supersede, 0 to retire, 0 unchanged\n',
    );
  });

  it('as JSON has a format version, and every change a digest', () => {
    const plan = JSON.parse(initialisedProgram().run('plan', '--output', 'json').stdout);
    expect(plan).toMatchObject({
      formatVersion: 1,
      catalogCommit: expect.any(String),
      unchanged: 0,
      diagnostics: [],
    });
    for (const change of plan.changes) {
      expect(change.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    }
  });

  it('saved, is carried out only as long as it is the plan of the day', () => {
    const sandkiln = initialisedProgram();
    const folder = join(sandkiln.repository.path, 'specs');
    const file = join(folder, 'saved.json');
    expect(sandkiln.runWith({ folder }, 'plan', '--out', 'saved.json').stdout).toMatch(created);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ formatVersion: 1 });
    sandkiln.repository.git('clean', '-fdq');
    expect(sandkiln.run('-C', folder, 'plan', '--out', '../../saved.json').exitCode).toBe(0);
    sandkiln.repository.commit('another', {
      'specs/images/base.yaml': imageText('base', 'packages: [curl]'),
    });
    const before = sandkiln.traces();
    const refused = sandkiln.run('reconcile', '--plan', '../saved.json');
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('SK3205');
    const none = sandkiln.run('reconcile', '--plan', 'sandkiln.yaml');
    expect(none).toMatchObject({ exitCode: 1, stdout: '' });
    expect(none.stderr).toContain('SK3206');
    expect(sandkiln.traces()).toEqual(before);
    const unwritable = sandkiln.run('plan', '--out', 'no/such/folder/plan.json');
    expect(unwritable.stderr).toContain('SK9026');
    expect(unwritable.exitCode).toBe(1);
  });
});

describe('what was mistyped', () => {
  it.each([
    [['pln'], 'error: there is no command "pln"; did you mean plan?'],
    [['nonsuch'], 'error: there is no command "nonsuch"\n'],
    [['help', 'nonsuch'], 'error: there is no command "nonsuch"\n'],
    [['-C'], 'error: -C needs a folder'],
    [['--worktree', 'plan'], 'error: --worktree belongs after the command'],
    [['plan', '--taget', 'x'], 'error: there is no option --taget; did you mean --target?'],
    [['plan', '-z'], 'error: there is no option -z\n'],
    [['plan', '--ref', '-x'], 'error: --ref has no value; one that starts with "-" is written --ref=VALUE'],
    [['plan', 'extra'], 'error: sandkiln plan takes no arguments'],
    [['explain'], 'error: sandkiln explain takes [KIND/]NAME'],
    [['plan', '--output', 'xml'], 'error: --output xml is not one of text, json'],
    [['plan', '--color', 'red'], 'error: --color red is not one of auto, always, never'],
    [['graph', '--format', 'png'], 'error: --format png is not one of text, dot, mermaid, svg'],
    [['rebuild', 'base'], 'error: sandkiln rebuild needs --check'],
    [['allow-list', 'shw', 'lab'], 'error: allow-list takes no action "shw"; did you mean show?'],
    [
      ['allow-list', 'show'],
      'error: allow-list show needs one argument: sandkiln allow-list show NAME[@REVISION]',
    ],
    [['allow-list', 'show', 'lab', '--netns', 'x'], 'error: allow-list show has no use for --netns'],
    [['allow-list', 'export', 'lab'], 'error SK9023 --to is missing'],
    [['keys', 'burn'], 'error: keys takes one of show, create, allowed-signers'],
  ])('%j', (words, message) => {
    const ended = createSandkilnProgram().run(...words);
    expect(ended.stderr).toContain(message);
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  });

  it.each([
    [['build', '--jobs', '0'], 'SK9023'],
    [['build', '--lock-timeout', '3'], 'SK9023'],
    [['reconcile', '--push-timeout', 'soon'], 'SK9023'],
    [['explain', 'nonsuch'], 'SK9020'],
    [['get', 'nonsuch'], 'SK9022'],
    [['history', 'nonsuch'], 'SK9022'],
    [['logs', 'nonsuch'], 'SK9025'],
    [['record', 'nonsuch'], 'SK3207'],
  ])('%j is %s, before anything is built', (words, code) => {
    const sandkiln = initialisedProgram();
    const before = sandkiln.traces();
    const ended = sandkiln.run(...words);
    expect(ended.stderr).toContain(code);
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
    expect(sandkiln.traces()).toEqual(before);
  });

  it('a host configuration with an unknown setting', () => {
    const sandkiln = createSandkilnProgram();
    const ended = sandkiln.runWith({ environment: { SANDKILN_STORE: 'relative/path' } }, 'doctor');
    expect(ended.stderr).toContain('SK9010');
    expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('help', () => {
  it('of the program lists every command, on stdout when it was asked for', () => {
    const sandkiln = createSandkilnProgram();
    const { stdout, stderr, exitCode } = sandkiln.run('--help');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    for (const name of commandNames()) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} +\\S`, 'm'));
    }
    expect(sandkiln.run('help').stdout).toBe(stdout);
    expect(sandkiln.run()).toEqual({ exitCode: 1, stdout: '', stderr: stdout });
  });

  it.each(commandNames())('of %s tells usage and options', (name) => {
    const sandkiln = createSandkilnProgram();
    const { stdout, stderr, exitCode } = sandkiln.run(name, '--help');
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(stdout).toContain(`usage: sandkiln ${name} [OPTIONS]`);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(sandkiln.run('help', name).stdout).toBe(stdout);
  });
});

describe('colour', () => {
  const coloured = '\u001b[1;31merror SK2005\u001b[0m';
  it.each([
    [['--color', 'always'], {}, true],
    [['--color', 'always'], { NO_COLOR: '1' }, true],
    [['--color', 'never'], {}, false],
    [[], {}, false],
    [[], { NO_COLOR: '1' }, false],
  ])('%j with %j', (words, environment, isColoured) => {
    const { stderr } = createSandkilnProgram().runWith({ environment }, 'plan', ...words);
    expect(stderr.includes(coloured)).toBe(isColoured);
    expect(stderr.includes('\u001b')).toBe(isColoured);
  });
});

describe('init', () => {
  it('makes a repository of an empty folder, whose first commit has a plan', () => {
    const sandkiln = createSandkilnProgram();
    const folder = join(sandkiln.repository.path, '../fresh');
    const made = sandkiln.runWith({}, '-C', folder, 'init', '--example');
    expect(made).toMatchObject({ exitCode: 0, stderr: '' });
    const git = (...words: readonly string[]) => sandkiln.repository.git('-C', folder, ...words);
    git('add', '--all');
    git('commit', '--quiet', '-m', 'first');
    expect(sandkiln.runWith({ folder }, 'validate')).toMatchObject({ exitCode: 0, stderr: '' });
    const { stdout } = sandkiln.runWith({ folder }, 'plan');
    expect(stdout).toMatch(/^plan: 3 to create,/m);
    expect(stdout).toContain('AllowList/debian-updates: create');
  });

  it('keeps what is there, also when it runs a second time', () => {
    const sandkiln = createSandkilnProgram();
    const { repository } = sandkiln;
    const policy = 'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: mine}\nspec: {}\n';
    repository.commit('mine', {
      'sandkiln.yaml': policy,
      'README.md': 'mine\n',
      '.gitattributes': '*.png binary\n',
    });
    const first = sandkiln.run('init');
    expect(first.stdout).toContain('kept     sandkiln.yaml\n');
    expect(first.stderr).toContain('catalog/** -text -merge');
    expect(repository.git('status', '--porcelain')).toBe('?? trust/');
    const key = readFileSync(sandkiln.keyFile);
    const trust = readFileSync(join(repository.path, 'trust/1.json'));
    const second = sandkiln.run('init');
    expect(second.exitCode).toBe(0);
    expect(second.stdout).not.toContain('wrote');
    expect(readFileSync(sandkiln.keyFile)).toEqual(key);
    expect(readFileSync(join(repository.path, 'trust/1.json'))).toEqual(trust);
    expect(repository.git('status', '--porcelain')).toBe('?? trust/');
  });
});

describe('validate', () => {
  const invalid = { 'specs/images/bad.yaml': imageText('bad', 'pakages: [curl]') };

  it('says how many documents are valid', () => {
    expect(initialisedProgram().run('validate')).toEqual({
      exitCode: 0,
      stdout: 'valid: 3 documents\n',
      stderr: '',
    });
  });

  it('gives findings to machines on stdout alone', () => {
    const sandkiln = initialisedProgram(invalid);
    const form = (output: string) => {
      const { exitCode, stdout, stderr } = sandkiln.run('validate', '--output', output);
      expect({ exitCode, stderr }).toEqual({ exitCode: 3, stderr: '' });
      return stdout;
    };
    expect(JSON.parse(form('json'))).toMatchObject({
      formatVersion: 1,
      summary: { errors: 1 },
      diagnostics: [{ place: { file: 'specs/images/bad.yaml', start: { line: 8, column: 3 } } }],
    });
    expect(JSON.parse(form('sarif'))).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ level: 'error' }] }],
    });
    expect(JSON.parse(form('gitlab'))).toMatchObject([
      { location: { path: 'specs/images/bad.yaml', lines: { begin: 8 } } },
    ]);
    expect(form('github')).toMatch(/^::error file=specs\/images\/bad\.yaml,line=8,col=3,/);
    expect(form('junit')).toMatch(/<testsuites .*failures="1"/);
  });

  it.each(['json', 'sarif', 'gitlab', 'junit', 'github'])(
    'as %s is well-formed without findings too',
    (output) => {
      const { exitCode, stdout, stderr } = initialisedProgram().run('validate', '--output', output);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      if (output !== 'junit' && output !== 'github') {
        JSON.parse(stdout);
      }
    },
  );
});

describe('an empty catalog', () => {
  it.each([
    ['status', 'pending'],
    ['get', 'NAME'],
    ['history', 'RUN'],
    ['graph', 'publish'],
  ])('%s', (command, says) => {
    const sandkiln = initialisedProgram();
    const ended = sandkiln.run(command);
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain(says);
    expect(JSON.parse(sandkiln.run(command, '--output', 'json').stdout)).toMatchObject({ formatVersion: 1 });
  });

  it.each([['verify'], ['pull', 'base']])('%s does not hold', (...words) => {
    const ended = initialisedProgram().run(...words);
    expect(ended.exitCode).toBe(6);
    expect(ended.stderr).toContain('SK8070');
  });

  it('explain tells where every value comes from', () => {
    const { exitCode, stdout, stderr } = initialisedProgram().run('explain', 'web');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/packages.* specs\/images\/web\.yaml:8:\d+/);
  });

  it('reconcile without changes commits nothing', () => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.git('rm', '--quiet', '-r', 'specs');
    sandkiln.repository.commit('no images');
    const before = sandkiln.traces();
    const ended = sandkiln.run('reconcile');
    expect(ended).toMatchObject({ exitCode: 0, stdout: 'reconcile: 0 built, 0 failed; nothing to commit\n' });
    expect(sandkiln.traces()).toEqual(before);
  });
});

it('a reader that goes away early is no crash', () => {
  const sandkiln = initialisedProgram();
  const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));
  const ended = spawnSync(
    '/bin/sh',
    ['-c', '"$0" "$1" graph --output json | true', process.execPath, program],
    {
      cwd: sandkiln.repository.path,
      encoding: 'utf8',
    },
  );
  expect(ended.stderr).toBe('');
});

it('npx finds the program in a checkout', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const ended = spawnSync('npx', ['--offline', 'sandkiln', '--version'], { cwd: root, encoding: 'utf8' });
  expect(ended).toMatchObject({ status: 0, stdout: `sandkiln ${version}\n` });
});

it('every error goes to stderr, and a run leaves no file beside the repository', () => {
  const sandkiln = initialisedProgram();
  writeFileSync(join(sandkiln.repository.path, 'note'), 'x');
  sandkiln.run('plan', '--target', 'nonsuch');
  expect(existsSync(join(sandkiln.repository.path, 'sandkiln-results'))).toBe(false);
});
