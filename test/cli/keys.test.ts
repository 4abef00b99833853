import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHostsOnRemote } from '../rig/hosts-on-remote.ts';
import { createQuickProgram, type QuickProgram, quickImageText } from '../rig/quick-images.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const base = 'specs/images/base.yaml';

interface ListedTrust {
  readonly version: number;
  readonly shortfalls: readonly string[];
  readonly keys: readonly {
    readonly keyId: string;
    readonly name: string;
    readonly roles: readonly string[];
  }[];
}

/** A repository with one image that was recorded, and the pin of its trust. */
function recorded() {
  const program = createQuickProgram({ [base]: quickImageText('base') });
  works(program, 'reconcile');
  const trust = readFileSync(join(program.repository.path, 'trust/1.json'));
  return { program, pin: `sha256:${createHash('sha256').update(trust).digest('hex')}` };
}

function works(program: QuickProgram, ...words: readonly string[]): string {
  const { exitCode, stdout, stderr } = program.run(...words);
  expect(exitCode, stderr).toBe(0);
  return stdout;
}

/** Another version of the image is wanted. */
function change(program: QuickProgram, withPackage = 'curl'): void {
  program.repository.commit('change', { [base]: quickImageText('base', `packages: [${withPackage}]`) });
}

function list(program: QuickProgram): ListedTrust {
  return JSON.parse(works(program, 'keys', 'list', '--output', 'json'));
}

function verifyPinned(program: QuickProgram, pin: string) {
  return program.runWith({ environment: { SANDKILN_TRUST_PIN: pin } }, 'verify', '--full');
}

/** A person with keys on a host of their own: the file of the public key, and the variable that names the private one. */
function person(program: QuickProgram, name: string) {
  const folder = temporaryFolder();
  const environment = { SANDKILN_KEY: join(folder, `${name}.pem`) };
  expect(program.runWith({ environment }, 'keys', 'create').exitCode).toBe(0);
  const shown = (key: string) =>
    program.runWith({ environment: { SANDKILN_KEY: key } }, 'keys', 'show').stdout;
  const publicKey = join(folder, `${name}.txt`);
  writeFileSync(publicKey, shown(environment.SANDKILN_KEY));
  const publicRoot = join(folder, `${name}-root.txt`);
  writeFileSync(publicRoot, shown(join(folder, 'root.pem')));
  return { environment, publicKey, publicRoot };
}

test('a builder key is rotated by one command, and verification goes on from the pinned first trust', () => {
  const { program, pin } = recorded();
  const told = works(program, 'keys', 'rotate');
  const oldKey = program.keyFile.replace('.pem', '.before-trust-2.pem');
  expect(told).toContain(`old key in ${oldKey}`);
  expect(told).toContain('trust: version 2, signed');
  expect(statSync(program.keyFile).mode & 0o777).toBe(0o600);
  expect(existsSync(`${program.keyFile}.next`)).toBe(false);
  change(program);

  works(program, 'reconcile');
  expect(program.image('base').version).toBe('1.0.0+2');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 0, stderr: '' });

  change(program, 'jq');
  const before = program.traces();
  const old = program.runWith({ environment: { SANDKILN_KEY: oldKey } }, 'reconcile');
  expect(old.exitCode).not.toBe(0);
  expect(old.stderr).toMatch(/error SK8018 .* no role builder in trust\/2\.json/);
  expect(program.traces()).toEqual(before);
  works(program, 'reconcile');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('records that the old key made beside the rotation are refused', () => {
  const { program, pin } = recorded();
  const { repository } = program;
  works(program, 'keys', 'rotate');
  repository.commit('rotate');

  repository.git('checkout', '--quiet', '-b', 'stale', 'HEAD~');
  change(program);
  const oldKey = program.keyFile.replace('.pem', '.before-trust-2.pem');
  const old = program.runWith({ environment: { SANDKILN_KEY: oldKey } }, 'reconcile');
  expect(old.exitCode, old.stderr).toBe(0);

  repository.git('checkout', '--quiet', 'main');
  repository.git('checkout', 'stale', '--', 'catalog', base);
  repository.commit('what the old key made');
  const judged = verifyPinned(program, pin);
  expect(judged.exitCode).toBe(6);
  expect(judged.stderr).toMatch(/SK8041/);
  expect(judged.stderr).toMatch(/SK8032 .* does not count as a builder's/);
});

test('before the new trust has landed the new key is refused, and after taking it back the old one works', () => {
  const { program } = recorded();
  works(program, 'keys', 'rotate');
  change(program);
  program.repository.git('rm', '--quiet', 'trust/2.json');
  program.repository.commit('take it back');
  // A file that was committed stays in the history as removed; here it was never pushed, so it is dropped whole.
  program.repository.git('reset', '--quiet', '--soft', 'HEAD~2');
  program.repository.commit('second');
  expect(program.run('reconcile').stderr).toMatch(/error SK8018 .*\n {2}hint: .*sandkiln keys add/);
  renameSync(program.keyFile.replace('.pem', '.before-trust-2.pem'), program.keyFile);
  works(program, 'reconcile');
});

test('a rotation that was killed half-way goes on', () => {
  const { program } = recorded();
  const first = readFileSync(program.keyFile, 'utf8');
  works(program, 'keys', 'rotate');
  const second = readFileSync(program.keyFile, 'utf8');
  // The trust was written; the old key had its second name, and the new one had not yet taken its place.
  renameSync(program.keyFile, `${program.keyFile}.next`);
  renameSync(program.keyFile.replace('.pem', '.before-trust-2.pem'), program.keyFile);
  works(program, 'keys', 'rotate');
  expect(list(program).version).toBe(2);
  expect(readFileSync(program.keyFile, 'utf8')).toBe(second);
  expect(readFileSync(program.keyFile.replace('.pem', '.before-trust-2.pem'), 'utf8')).toBe(first);
});

test('with two root keys needed, a change counts once both have signed', () => {
  const { program, pin } = recorded();
  const ben = person(program, 'ben');
  works(program, 'keys', 'add', ben.publicRoot, '--role', 'root', '--name', 'Ben');
  works(program, 'keys', 'threshold', 'root=2');
  expect(list(program).shortfalls).toEqual([
    '1 of 2 needed signatures by keys that count (2 do) as root in version 3',
  ]);
  const early = program.run('keys', 'rotate');
  expect(early.stderr).toMatch(/error SK8017 .*trust\/3\.json is not signed yet/);
  expect(program.runWith(ben, 'keys', 'sign').stdout).toContain('trust: version 3, signed');

  const rotated = works(program, 'keys', 'rotate');
  expect(rotated).toContain('trust: version 4, not signed yet');
  expect(rotated).toContain('next: give trust/4.json to another holder of a root key');
  expect(program.runWith(ben, 'keys', 'sign').stdout).toContain('trust: version 4, signed');
  change(program);
  works(program, 'reconcile');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(program.run('verify').stdout).toContain('trust: version 4');
});

test('signing a trust that is signed leaves its bytes alone', () => {
  const program = createQuickProgram({});
  const trust = join(program.repository.path, 'trust/1.json');
  const before = readFileSync(trust);
  expect(works(program, 'keys', 'sign')).toContain('trust: version 1, signed');
  expect(readFileSync(trust)).toEqual(before);
});

test('a change that too few root keys have signed breaks verification until it is signed', () => {
  const { program, pin } = recorded();
  works(program, 'keys', 'add', person(program, 'ben').publicRoot, '--role', 'root');
  works(program, 'keys', 'threshold', 'root=2');
  program.repository.commit('too early');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 6 });
  expect(verifyPinned(program, pin).stderr).toContain('error SK8013 trust/3.json');
});

test('the root key is rotated too, signed by the old and the new one', () => {
  const { program, pin } = recorded();
  const before = list(program).keys.find(({ roles }) => roles.includes('root'))?.keyId;
  works(program, 'keys', 'rotate', 'root');
  const after = list(program);
  expect(after.shortfalls).toEqual([]);
  expect(after.keys.map(({ keyId }) => keyId)).not.toContain(before);
  works(program, 'keys', 'rotate');
  change(program);
  works(program, 'reconcile');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 0, stderr: '' });
});

test('people are given roles by their public key, in the forms that they have', () => {
  const { program, pin } = recorded();
  const ada = person(program, 'ada');
  works(program, 'keys', 'add', ada.publicKey, '--role', 'operator', '--role', 'approver', '--name', 'Ada');
  const line = readFileSync(person(program, 'cy').publicKey, 'utf8').split('\n')[1] ?? '';
  const file = join(temporaryFolder(), 'id_ed25519.pub');
  writeFileSync(file, `${line} cy@example.org\n`);
  works(program, 'keys', 'add', file, '--role', 'operator');
  works(program, 'keys', 'add', file, '--role', 'promoter');
  const people = list(program).keys.filter(({ name }) => name !== 'root' && name !== 'builder');
  expect(
    people.map(({ name, roles }) => ({ name, roles })).sort((a, b) => (a.name < b.name ? -1 : 1)),
  ).toEqual([
    { name: 'Ada', roles: ['approver', 'operator'] },
    { name: 'cy@example.org', roles: ['operator', 'promoter'] },
  ]);
  works(program, 'keys', 'remove', 'Ada');
  expect(list(program).keys.map(({ name }) => name)).not.toContain('Ada');
  change(program);
  works(program, 'reconcile');
  expect(verifyPinned(program, pin)).toMatchObject({ exitCode: 0, stderr: '' });
});

test.each([
  [['add', 'FILE'], /SK8017 .*a key is added with a role/],
  [['add', 'FILE', '--role', 'king'], /SK8017 .*"king" is no role/],
  [['add', 'PRIVATE', '--role', 'operator'], /SK8017 .*it is a private key/],
  [['add', 'missing.pub', '--role', 'operator'], /SK8017 .*missing\.pub/],
  [['add'], /error: keys add needs one argument/],
  [['remove', 'nobody'], /SK8017 .*"nobody" names no key/],
  [['remove', 'root'], /SK8017 .*no key has the role root/],
  [['threshold', 'root=2'], /SK8017 .*needs 2 signatures and has 1 keys/],
  [['threshold', 'root'], /SK8017 .*"root" is no threshold/],
  [['rotate', 'queen'], /SK8017 .*"queen" is no key to rotate/],
  [['show', '--role', 'root'], /error: keys show has no use for --role/],
  [['frobnicate'], /error: keys takes one of show, create/],
])('keys %j is refused, and changes nothing', (words, says) => {
  const program = createQuickProgram({});
  const names: Readonly<Record<string, string>> = {
    FILE: person(program, 'ada').publicKey,
    PRIVATE: program.keyFile,
  };
  const { exitCode, stderr } = program.run('keys', ...words.map((word) => names[word] ?? word));
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(says);
  expect(existsSync(join(program.repository.path, 'trust/2.json'))).toBe(false);
});

test('without a root key here, nothing is written, and the hint says what to name', () => {
  const program = createQuickProgram({});
  const away = join(temporaryFolder(), 'offline.pem');
  renameSync(program.keyFile.replace('builder.pem', 'root.pem'), away);
  const refused = program.run('keys', 'rotate');
  expect(refused.stderr).toMatch(/error SK8018 .*\n {2}hint: .*--root-key/);
  expect(existsSync(join(program.repository.path, 'trust/2.json'))).toBe(false);
  works(program, 'keys', 'rotate', '--root-key', away);
  expect(list(program)).toMatchObject({ version: 2, shortfalls: [] });
});

test('on a branch of its own, the catalog gets the new trust with the next records', async () => {
  const policy =
    'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: lab}\nspec: {catalog: {branch: records}}\n';
  const hosts = createHostsOnRemote({ [base]: quickImageText('base'), 'sandkiln.yaml': policy });
  const host = hosts.host();
  expect(await host.run('reconcile')).toMatchObject({ exitCode: 0 });
  expect(await host.run('keys', 'rotate')).toMatchObject({ exitCode: 0 });
  host.push('rotate', { [base]: quickImageText('base', 'packages: [curl]') });
  expect(await host.run('reconcile')).toMatchObject({ exitCode: 0 });
  expect(hosts.git('log', '--format=%s', 'records').split('\n').slice(0, 2)).toEqual([
    'catalog: base: built 1.0.0+2',
    'catalog: bring the trust',
  ]);
  const judged = await host.run('verify', '--full');
  expect(judged.exitCode, judged.stderr).toBe(0);
  expect(judged.stdout).toContain('trust: version 2');
});
