import { chmodSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  createSandkilnProgram,
  imageText,
  initialisedProgram,
  type SandkilnProgram,
} from '../rig/sandkiln-program.ts';

const file = 'specs/images/bad.yaml';

/** What must hold for every refusal: the code, the exit code, nothing on stdout, nothing built, nothing written. */
function expectRefusal(
  sandkiln: SandkilnProgram,
  words: readonly string[],
  expected: { readonly code: string; readonly says: string | RegExp; readonly exitCode?: number },
): void {
  const before = sandkiln.traces();
  const ended = sandkiln.run(...words);
  expect(ended.stderr).toContain(` ${expected.code} `);
  expect(ended.stderr).toMatch(expected.says);
  expect(ended.stderr).toContain('hint: ');
  expect(ended.stdout).toBe('');
  expect(ended.exitCode).toBe(expected.exitCode ?? 3);
  expect(sandkiln.traces()).toEqual(before);
}

describe('a document that is refused', () => {
  const lines = (count: number) => `# ${'x'.repeat(98)}\n`.repeat(count);
  const refusals: readonly (readonly [string, string, string, string | RegExp, Record<string, string>])[] = [
    ['broken YAML', imageText('bad').replace('[rootfs]', '[rootfs'), 'SK1005', `${file}:7:19: `, {}],
    ['a key twice', imageText('bad', 'packages: [a1]', 'packages: [b2]'), 'SK1012', `${file}:9:3: `, {}],
    [
      'an alias',
      imageText('bad', 'packages: &list [curl]', 'services: {enable: *list}'),
      'SK1007',
      `${file}:`,
      {},
    ],
    ['two documents', `${imageText('bad')}---\n${imageText('worse')}`, 'SK1010', `${file}:8:1: `, {}],
    ['a file of 10 MB', imageText('bad') + lines(100_000), 'SK1001', file, {}],
    [
      'an unknown field',
      imageText('bad', 'pakages: [curl]'),
      'SK1103',
      /bad\.yaml:8:3: (?:.|\n)*did you mean packages\?/,
      {},
    ],
    ['a wrong type', imageText('bad', 'packages: curl'), 'SK1105', `${file}:8:13: `, {}],
    [
      'a profile that is not there',
      imageText('bad', 'buildProfile: nonsuch'),
      'SK1112',
      `${file}:8:17: `,
      {},
    ],
    [
      'profiles that extend each other',
      imageText('bad', 'buildProfile: a'),
      'SK1113',
      /a.*b.*a/,
      Object.fromEntries(
        ['a', 'b'].map((name) => [
          `profiles/${name}.yaml`,
          `apiVersion: sandkiln/v1\nkind: BuildProfile\nmetadata: {name: ${name}}\nspec: {extends: ${name === 'a' ? 'b' : 'a'}}\n`,
        ]),
      ),
    ],
    [
      'images that start from each other',
      imageText('bad', 'from: worse'),
      'SK1114',
      /bad.*worse.*bad|worse.*bad.*worse/,
      { 'specs/images/worse.yaml': imageText('worse', 'from: bad') },
    ],
    [
      'a path that leaves the repository',
      imageText('bad', 'files: [{path: /etc/passwd, source: ../../etc/passwd}]'),
      'SK1',
      `${file}:8:`,
      {},
    ],
    [
      'a package name with a shell character',
      imageText('bad', 'packages: ["curl;reboot"]'),
      'SK1107',
      `${file}:8:14: `,
      {},
    ],
  ];

  it.each(refusals)('%s', (_what, text, code, says, more) => {
    const sandkiln = initialisedProgram({ [file]: text, ...more });
    for (const command of ['validate', 'plan', 'reconcile', 'build']) {
      const before = sandkiln.traces();
      const ended = sandkiln.run(command);
      expect(ended.stderr).toContain(`error ${code}`);
      expect(ended.stderr).toMatch(says);
      expect(ended.stderr).toContain('hint: ');
      expect(ended.stdout).toBe('');
      expect(ended.exitCode).toBe(3);
      expect(sandkiln.traces()).toEqual(before);
    }
  });

  it('all findings of all files are told in one go', () => {
    const sandkiln = initialisedProgram({
      'specs/images/one.yaml': imageText('one', 'pakages: []', 'packages: curl'),
      'specs/images/two.yaml': imageText('two').replace('[rootfs]', '[rootfs'),
    });
    const { stderr, exitCode } = sandkiln.run('validate');
    expect(stderr).toContain('one.yaml:8:3');
    expect(stderr).toContain('one.yaml:9:13');
    expect(stderr).toContain('two.yaml:');
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^\d+ errors, 0 warnings$/);
    expect(exitCode).toBe(3);
  });

  it('a file that an image takes in through a symbolic link', () => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.link('files/agent', '/etc/passwd');
    sandkiln.repository.link('linked', 'files');
    sandkiln.repository.write('files/real', 'x');
    sandkiln.repository.commit('links', {
      [file]: imageText(
        'bad',
        'files:',
        '  - {path: /a, source: files/agent}',
        '  - {path: /b, source: linked/real}',
      ),
    });
    for (const command of [['plan'], ['plan', '--worktree'], ['reconcile']]) {
      const before = sandkiln.traces();
      const { exitCode, stdout, stderr } = sandkiln.run(...command);
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
      expect(stderr).toContain('files/agent');
      expect(stderr).toContain('linked/real');
      expect(sandkiln.traces()).toEqual(before);
    }
  });
});

describe('a repository that is refused', () => {
  it('a revision that starts with a dash', () => {
    expectRefusal(initialisedProgram(), ['plan', '--ref=--upload-pack=touch /tmp/x'], {
      code: 'SK2007',
      says: /refused/,
    });
  });

  it('no repository at all', () => {
    const sandkiln = createSandkilnProgram();
    rmSync(`${sandkiln.repository.path}/.git`, { recursive: true });
    const { exitCode, stderr, stdout } = sandkiln.run('plan');
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain('SK2001');
  });

  it.each(['plan', 'validate', 'build', 'reconcile', 'status', 'graph'])('%s without commits', (command) => {
    expectRefusal(createSandkilnProgram(), [command], { code: 'SK2005', says: /no commits/ });
  });

  it('reconcile in a bare repository, whose plan can be seen', () => {
    const sandkiln = initialisedProgram();
    const bare = sandkiln.repository.clone('--bare');
    expect(sandkiln.runWith({ folder: bare.path }, 'plan').stdout).toContain('plan: 2 to create');
    const before = bare.git('for-each-ref');
    for (const [words, code] of [
      [['reconcile'], 'SK2213'],
      [['plan', '--worktree'], 'SK2012'],
      [['init'], 'SK9030'],
    ] as const) {
      const ended = sandkiln.runWith({ folder: bare.path }, ...words);
      expect(ended.stderr).toContain(code);
      expect({ exitCode: ended.exitCode, stdout: ended.stdout }).toEqual({ exitCode: 3, stdout: '' });
    }
    expect(bare.git('for-each-ref')).toBe(before);
  });

  it('reconcile at a detached HEAD, whose plan can be seen', () => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.git('checkout', '--quiet', '--detach');
    expect(sandkiln.run('plan').exitCode).toBe(0);
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK2211', says: /git switch main/ });
  });

  it.each([
    ['an untracked file', () => undefined],
    ['a staged file', (sandkiln: SandkilnProgram) => void sandkiln.repository.git('add', 'catalog/stray')],
    [
      'an edited file',
      (sandkiln: SandkilnProgram) => {
        sandkiln.repository.commit('stray');
        sandkiln.repository.write('catalog/stray', 'edited');
      },
    ],
  ])('%s below catalog/', (_what, prepare) => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.write('catalog/stray', 'x');
    prepare(sandkiln);
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK2111', says: /catalog\/stray/ });
  });
});

describe('a key that is refused', () => {
  it('none', () => {
    const sandkiln = initialisedProgram();
    rmSync(sandkiln.keyFile);
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK8001', says: /sandkiln init|sandkiln keys create/ });
  });

  it('one that others can read', () => {
    const sandkiln = initialisedProgram();
    chmodSync(sandkiln.keyFile, 0o644);
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK8002', says: /chmod 600/ });
  });

  it('one that no trust file gives the role of a builder', () => {
    const sandkiln = initialisedProgram();
    rmSync(sandkiln.keyFile);
    expect(sandkiln.run('keys', 'create').exitCode).toBe(0);
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK8018', says: /no role builder/, exitCode: 6 });
  });

  it('no trust in the repository', () => {
    const sandkiln = initialisedProgram();
    sandkiln.repository.git('rm', '--quiet', '-r', 'trust');
    sandkiln.repository.commit('without trust');
    expectRefusal(sandkiln, ['reconcile'], { code: 'SK8010', says: /trust/, exitCode: 6 });
  });
});
