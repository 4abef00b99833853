import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOfBytes } from '../../src/model/digest.ts';
import { hostEntry, listFile } from '../rig/allow-list-desired.ts';
import { createHostsOnRemote } from '../rig/hosts-on-remote.ts';
import { createQuickProgram, type QuickProgram, quickImageText } from '../rig/quick-images.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const labPath = 'specs/allow-lists/lab.yaml';
const lab = (...entries: readonly string[]) => listFile('lab', 'entries:', ...entries);
const web = hostEntry('web.example.org', 'ports: [443]', 'protocol: tcp', 'owner: Net');

function works(program: QuickProgram, ...words: readonly string[]): string {
  const { exitCode, stdout, stderr } = program.run(...words);
  expect(exitCode, stderr + stdout).toBe(0);
  return stdout;
}

function json(program: QuickProgram, ...words: readonly string[]) {
  return JSON.parse(program.run(...words, '--output', 'json').stdout);
}

/** A repository whose lists are recorded. */
function recorded(files: Readonly<Record<string, string>>): QuickProgram {
  const program = createQuickProgram(files);
  works(program, 'reconcile');
  return program;
}

function edit(program: QuickProgram, files: Readonly<Record<string, string>>, message = 'edit'): string {
  return program.repository.commit(message, files);
}

/** Gives somebody roles; the variable names the key that signs what they decide. */
function person(program: QuickProgram, ...roles: readonly string[]) {
  const folder = temporaryFolder();
  const environment = { SANDKILN_KEY: join(folder, 'ada.pem') };
  expect(program.runWith({ environment }, 'keys', 'create').exitCode).toBe(0);
  const publicKey = join(folder, 'ada.txt');
  writeFileSync(publicKey, program.runWith({ environment }, 'keys', 'show').stdout);
  works(program, 'keys', 'add', publicKey, '--name', 'Ada', ...roles.flatMap((role) => ['--role', role]));
  program.repository.commit('roles');
  return { environment };
}

function listFolder({ repository }: QuickProgram, name = 'lab'): string {
  const folder = join(repository.path, 'catalog/allow-lists');
  const [hash = ''] = readdirSync(folder).filter((one) => existsSync(join(folder, one, name)));
  return `catalog/allow-lists/${hash}/${name}`;
}

const revisionFile = (program: QuickProgram, number: number) =>
  `${listFolder(program)}/revisions/000/${String(number).padStart(6, '0')}.yaml`;

test('a list is planned, recorded, asked about, changed and edited back', () => {
  const program = createQuickProgram({
    ...lab(web, hostEntry('admin.example.org', 'status: denied')),
    ...listFile('other', 'include: [lab]'),
  });
  const plan = works(program, 'plan');
  expect(plan).toContain('+ AllowList/lab: create (nothing → 1)');
  expect(plan).toContain('    + allow host web.example.org tcp 443 (lab)\n');
  expect(plan).not.toContain('always-deny');
  expect(json(program, 'plan').changes).toMatchObject([
    { resource: { name: 'lab' }, type: 'create', from: null, to: '1', stalled: null },
    { resource: { name: 'other' }, type: 'create' },
  ]);

  const first = program.repository.git('rev-parse', 'HEAD');
  expect(works(program, 'reconcile')).toContain('reconcile: 0 built, 0 failed, 2 revised; commit');
  expect(program.repository.git('log', '-1', '--format=%s')).toBe('catalog: 2 allow-lists');
  const traces = program.traces();
  expect(works(program, 'reconcile')).toContain('reconcile: 0 built, 0 failed; nothing to commit');
  expect(program.traces()).toEqual(traces);
  expect(works(program, 'verify', '--full')).toContain('verify: sound');
  expect(works(program, 'status')).toMatch(/lab +1 +1 +ready/);
  expect(works(program, 'get')).toMatch(/lab +revision 1/);
  expect(program.run('get', 'lab').stderr).toContain(
    'hint: it is an allow-list: sandkiln allow-list show lab',
  );

  const second = edit(
    program,
    lab(web.replace('owner: Net', 'owner: Ops'), hostEntry('api.example.org')),
    'to Ops',
  );
  expect(works(program, 'reconcile')).toContain('2 revised');
  expect(readFileSync(join(program.repository.path, revisionFile(program, 2)), 'utf8')).toContain(
    `cause:\n  type: commit\n  commits:\n    - ${second}\n`,
  );

  expect(works(program, 'allow-list', 'show', 'lab')).toMatch(
    /allow +host +web\.example\.org +tcp 443 +- +lab +a test/,
  );
  expect(works(program, 'allow-list', 'at', 'lab', '1')).toMatch(/deny +host +admin\.example\.org/);
  expect(works(program, 'allow-list', 'show', 'lab@1')).toBe(works(program, 'allow-list', 'at', 'lab', 'r1'));
  expect(works(program, 'allow-list', 'show', 'lab', '--all')).toContain('always-deny/private');
  expect(json(program, 'allow-list', 'show', 'lab')).toMatchObject({
    name: 'lab',
    revision: 2,
    entries: [{ allow: 'host api.example.org' }, { allow: 'host web.example.org', owner: 'Ops' }],
  });
  expect(works(program, 'allow-list', 'diff', 'lab')).toBe(
    '- deny host admin.example.org tcp,udp * (lab: a test)\n' +
      '+ allow host api.example.org tcp,udp * (lab: a test)\n' +
      '~ allow host web.example.org tcp 443 (lab: a test)\n    owner: Net → Ops\n' +
      'lab: revision 1 → 2: 1 added, 1 removed, 1 changed\n',
  );
  expect(json(program, 'allow-list', 'diff', 'lab', '2', '1')).toMatchObject({
    from: 2,
    to: 1,
    added: [{ deny: 'host admin.example.org' }],
    removed: [{ allow: 'host api.example.org' }],
  });
  expect(works(program, 'allow-list', 'blame', 'lab', 'web')).toMatch(
    new RegExp(`r2 +[\\d-]+ +${second.slice(0, 12)} +Ada Example <ada@example\\.org> +allow host web`),
  );
  expect(json(program, 'allow-list', 'blame', 'other').entries).toMatchObject([
    { origin: { revision: 2, commits: [{ id: second, subject: 'to Ops' }] } },
    { origin: { revision: 2 } },
  ]);
  expect(works(program, 'allow-list', 'test', 'lab', 'web.example.org')).toContain(
    `web.example.org:443/tcp: allowed by lab revision 2\n  allow host web.example.org tcp 443 (lab: a test)\n`,
  );
  const denied = program.run('allow-list', 'test', 'lab', 'web.example.org:80');
  expect(denied).toMatchObject({ exitCode: 6, stderr: '' });
  expect(denied.stdout).toBe('web.example.org:80/tcp: denied by lab revision 2\n  no entry speaks of it\n');
  expect(program.run('allow-list', 'test', 'lab', '169.254.169.254:80').stdout).toContain('always-deny/');
  expect(program.run('allow-list', 'test', 'lab@1', 'admin.example.org')).toMatchObject({ exitCode: 6 });
  expect(json(program, 'allow-list', 'test', 'lab@1', 'admin.example.org')).toMatchObject({
    allowed: false,
    entry: { deny: 'host admin.example.org' },
    origin: { revision: 1, commits: [{ id: first }] },
  });

  expect(works(program, 'allow-list', 'rollback', 'lab', '1', '--no-remote')).toContain(
    'sandkiln/rollback/lab-1',
  );
  const back = program.repository.git('rev-parse', 'sandkiln/rollback/lab-1');
  expect(program.repository.git('rev-parse', `${back}^`)).toBe(program.repository.git('rev-parse', 'HEAD'));
  expect(program.run('allow-list', 'rollback', 'lab', '1', '--no-remote').stderr).toContain('SK9047');
  expect(program.run('allow-list', 'rollback', 'lab', '2', '--no-remote').stderr).toContain('SK9046');
  program.repository.git('merge', '--quiet', '--ff-only', back);
  works(program, 'reconcile');
  expect(readFileSync(join(program.repository.path, revisionFile(program, 3)), 'utf8')).toContain(
    `cause:\n  type: rollback\n  commits:\n    - ${back}\n`,
  );
  const gone = program.run('allow-list', 'test', 'lab', 'api.example.org:443');
  expect(gone).toMatchObject({ exitCode: 6, stderr: '' });
  expect(gone.stdout).toMatch(
    new RegExp(
      '^api\\.example\\.org:443/tcp: denied by lab revision 3\n {2}no entry speaks of it\n' +
        ' {2}once allow host api\\.example\\.org tcp,udp \\* \\(lab: a test\\)\n' +
        ` {2}until revision 3 of \\S+ \\(rollback\\)\n {2}${back.slice(0, 12)} `,
    ),
  );
  expect(json(program, 'allow-list', 'test', 'other', 'api.example.org:443')).toMatchObject({
    entry: null,
    former: {
      entry: { allow: 'host api.example.org' },
      removed: { revision: 3, cause: 'commit', commits: [{ id: back }] },
    },
  });
  const sets = [1, 3].map((number) => json(program, 'allow-list', 'at', 'lab', String(number)).set);
  expect(sets[0]).toEqual(sets[1]);
  expect(works(program, 'verify', '--full', '--artifacts')).toContain('verify: sound');
});

test('only commits that touched what a list is made of are its cause', () => {
  const line = '{"match":{"host":"p.example.org"},"reason":"r"}\n';
  const program = recorded({
    ...listFile('in', 'entriesFrom: [{file: lists/in.jsonl}]'),
    ...listFile('lab', 'include: [in]', 'entries:', web),
    ...listFile('alone', 'entries:', web),
    'lists/in.jsonl': line,
  });
  edit(program, { 'README.md': 'words' });
  const file = edit(program, { 'lists/in.jsonl': line.replace('p.', 'q.') });
  edit(program, listFile('alone', 'entries:', hostEntry('x.example.org')));
  const spec = edit(program, listFile('lab', 'include: [in]', 'entries:', hostEntry('y.example.org')));
  works(program, 'reconcile');
  const causeOf = (name: string) =>
    /commits:\n((?: {4}- .*\n)*)/.exec(
      readFileSync(
        join(program.repository.path, `${listFolder(program, name)}/revisions/000/000002.yaml`),
        'utf8',
      ),
    )?.[1];
  expect(causeOf('lab')).toBe(`    - ${file}\n    - ${spec}\n`);
  expect(causeOf('in')).toBe(`    - ${file}\n`);
});

test('of several commits the one that took an entry away is named, and of a retired list the one that removed it', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => hostEntry(`${name}.example.org`)) as [
    string,
    string,
    string,
  ];
  const program = recorded(lab(a, b, c));
  const former = (name: string) =>
    json(program, 'allow-list', 'test', 'lab', `${name}.example.org`).former.removed;
  const withoutA = edit(program, lab(b, c), 'a goes');
  const withoutB = edit(program, lab(c), 'b goes');
  works(program, 'reconcile');
  expect(former('a')).toMatchObject({ revision: 2, commits: [{ id: withoutA, subject: 'a goes' }] });
  expect(former('b')).toMatchObject({ revision: 2, commits: [{ id: withoutB, subject: 'b goes' }] });
  const ada = person(program, 'approver');
  program.repository.git('rm', '--quiet', labPath);
  const gone = program.repository.commit('all go');
  expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'bye').exitCode).toBe(0);
  program.repository.commit('bye');
  works(program, 'reconcile');
  expect(former('c')).toMatchObject({ revision: 3, cause: 'retirement', commits: [{ id: gone }] });
  expect(former('a')).toMatchObject({ revision: 2 });
});

test('an edit that means the same makes no revision, and no second commit', () => {
  const program = recorded(lab(web));
  edit(program, lab(web.replace('web.example.org', 'WEB.example.org.'), '  # a comment'));
  expect(works(program, 'plan')).toContain('the entries in force stay the same: no new revision');
  works(program, 'reconcile');
  expect(existsSync(join(program.repository.path, revisionFile(program, 2)))).toBe(false);
  expect(works(program, 'reconcile')).toContain('nothing to commit');
  expect(works(program, 'verify', '--full')).toContain('verify: sound');
});

describe('decisions', () => {
  test('an emptied list waits until an approver has said so, and its revision names the decision', () => {
    const program = recorded(lab(web));
    const ada = person(program, 'approver');
    edit(program, { [labPath]: lab('  []')[labPath]?.replace('entries:\n    []', 'entries: []') ?? '' });
    expect(works(program, 'plan')).toContain('SK3403');
    expect(program.run('reconcile')).toMatchObject({ exitCode: 1 });
    expect(program.run('allow-empty', 'lab', '--reason', 'meant').stderr).toMatch(
      /SK8018 .*no role approver/,
    );
    expect(program.runWith(ada, 'allow-empty', 'lab').stderr).toContain('SK9043');
    for (const until of ['tomorrow', '2026-02-31T00:00:00Z', '2020-01-01T00:00:00Z']) {
      expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'r', '--until', until).stderr).toContain(
        'SK9023',
      );
    }
    expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'r'.repeat(1001)).stderr).toContain(
      'SK9023',
    );
    expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'meant \u001b[31m').exitCode).toBe(0);
    expect(program.run('reconcile')).toMatchObject({ exitCode: 1 });
    program.repository.commit('decide');

    // Another edit after it: what was decided was not this.
    edit(program, lab(hostEntry('admin.example.org', 'status: denied')));
    expect(program.run('reconcile')).toMatchObject({ exitCode: 1 });
    program.repository.git('revert', '--no-edit', 'HEAD');
    expect(works(program, 'reconcile')).toContain('1 revised');
    expect(readFileSync(join(program.repository.path, revisionFile(program, 2)), 'utf8')).toMatch(
      /decisions:\n {2}- \d{8}T\d{6}Z-[0-9a-f]{8}\n/,
    );
    expect(works(program, 'verify', '--full')).toContain('verify: sound');
    expect(program.run('allow-list', 'test', 'lab', 'web.example.org')).toMatchObject({ exitCode: 6 });
    expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'again').stderr).toContain('SK9044');
  });

  test('an emptied list waits for both approvers where two must sign', () => {
    const program = recorded(lab(web));
    const [ada, ben] = [person(program, 'approver'), person(program, 'approver')];
    works(program, 'keys', 'threshold', 'approver=2');
    edit(program, { [labPath]: lab('  []')[labPath]?.replace('entries:\n    []', 'entries: []') ?? '' });
    const { stdout } = program.runWith(ada, 'allow-empty', 'lab', '--reason', 'meant');
    const [file = ''] = /decisions\/\S+\.json/.exec(stdout) ?? [];
    expect(stdout).toContain(
      `1 of 2 signatures: somebody else with the role runs sandkiln countersign ${file}`,
    );
    program.repository.commit('half decided');
    const early = program.run('reconcile');
    expect(early).toMatchObject({ exitCode: 6 });
    expect(early.stderr).toMatch(/SK3405 .*1 of 2 needed signatures/);
    expect(program.run('countersign', file).stderr).toContain('SK8018');
    expect(program.run('countersign', 'sandkiln.yaml').stderr).toContain('SK3404');
    expect(program.run('countersign', 'decisions/none.json').stderr).toContain('SK3404');
    expect(program.runWith(ben, 'countersign', file).stdout).toContain('it counts once it is committed');
    program.repository.commit('decided');
    expect(works(program, 'reconcile')).toContain('1 revised');
    expect(works(program, 'verify', '--full')).toContain('verify: sound');
  });

  test('a hold keeps an image and a list back, and resume lets both go', () => {
    const image = 'specs/images/base.yaml';
    const program = recorded({ ...lab(web), [image]: quickImageText('base') });
    const ada = person(program, 'operator');
    for (const name of ['lab', 'SandboxImageSpec/base']) {
      expect(program.run('hold', name, '--reason', 'wait').stderr).toContain('SK8018');
      expect(program.runWith(ada, 'hold', name, '--reason', 'wait \u202eevil').exitCode).toBe(0);
    }
    edit(program, {
      ...lab(hostEntry('x.example.org')),
      [image]: quickImageText('base', 'packages: [curl]'),
    });
    const plan = works(program, 'plan');
    expect(plan.match(/SK3402/g)).toHaveLength(2);
    expect(plan).not.toContain('\u202e');
    const held = program.run('reconcile');
    expect(held).toMatchObject({ exitCode: 1 });
    expect(held.stdout).toContain('2 stalled; nothing to commit');
    expect(works(program, 'status')).toMatch(/lab +1 +2 +waiting/);
    for (const name of ['lab', 'base']) {
      expect(program.runWith(ada, 'resume', name, '--reason', 'go').exitCode).toBe(0);
    }
    program.repository.commit('go');
    expect(works(program, 'reconcile')).toContain('1 built, 0 failed, 1 revised');
    expect(program.image('base').version).toBe('1.0.0+2');
  });

  test('a list whose spec is gone is retired once that is decided, held or not until then', () => {
    const program = recorded({ ...lab(web), ...listFile('other', 'entries:', web) });
    const ada = person(program, 'approver', 'operator');
    expect(program.runWith(ada, 'hold', 'lab', '--reason', 'wait').exitCode).toBe(0);
    program.repository.commit('hold');
    program.repository.git('rm', '--quiet', labPath);
    program.repository.commit('gone');
    expect(works(program, 'plan')).toContain('- AllowList/lab: retire');
    expect(program.run('reconcile')).toMatchObject({ exitCode: 1 });
    expect(program.runWith(ada, 'resume', 'lab', '--reason', 'go').exitCode).toBe(0);
    program.repository.commit('resume');
    expect(program.run('reconcile')).toMatchObject({ exitCode: 1 });
    expect(program.runWith(ada, 'allow-empty', 'lab', '--reason', 'bye').exitCode).toBe(0);
    program.repository.commit('bye');
    expect(works(program, 'reconcile')).toContain('1 retired');
    expect(works(program, 'reconcile')).toContain('nothing to commit');
    expect(works(program, 'status')).toMatch(/lab +- +- +retired/);
    expect(works(program, 'verify', '--full')).toContain('verify: sound');
    edit(program, lab(web));
    works(program, 'reconcile');
    expect(json(program, 'allow-list', 'show', 'lab')).toMatchObject({ revision: 3, entries: [{}] });
    expect(works(program, 'verify', '--full')).toContain('verify: sound');
  });

  test('a file that is no decision, or that nobody may sign, stops the plan with its name', () => {
    const program = recorded(lab(web));
    edit(program, { 'decisions/2026/11/note.json': '{}' });
    const refused = program.run('plan');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toContain('error SK3404 decisions/2026/11/note.json');
  });
});

describe('a long list', () => {
  const lines = (count: number) =>
    Array.from(
      { length: count },
      (_, index) => `{"match":{"host":"h${index}.example.net"},"ports":[443],"reason":"number ${index}"}\n`,
    ).join('');
  const files = {
    ...listFile('lab', 'entriesFrom: [{file: lists/long.jsonl}]'),
    'lists/long.jsonl': lines(5000),
  };

  test('with a bad line is told with file, line and column, and the old revision stays', () => {
    const program = recorded(files);
    expect(readFileSync(join(program.repository.path, revisionFile(program, 1)), 'utf8')).toContain(
      '  added: 51',
    );
    const bad = lines(5000).replace('"host":"h2499.example.net"', '"host":"010.1.1.1"');
    edit(program, { 'lists/long.jsonl': bad });
    const before = program.traces();
    for (const command of ['validate', 'plan', 'reconcile']) {
      const refused = program.run(command);
      expect(refused).toMatchObject({ exitCode: 3 });
      expect(refused.stderr).toContain('error SK1404 lists/long.jsonl:2500:18:');
    }
    expect(program.traces()).toEqual(before);
    expect(works(program, 'allow-list', 'test', 'lab', 'h2499.example.net')).toContain(
      'allowed by lab revision 1',
    );
    expect(works(program, 'verify', '--full', '--artifacts')).toContain('verify: sound');
  });

  test('is shown from its changesets where the store has lost the set, and not without these', () => {
    const program = recorded(files);
    edit(program, { 'lists/long.jsonl': lines(5001) });
    works(program, 'reconcile');
    const told = works(program, 'allow-list', 'show', 'lab');
    const loseBlob = (digest: string) => {
      for (const path of readdirSync(program.hostFolder, { recursive: true, encoding: 'utf8' })) {
        if (
          path.endsWith(digest.slice('sha256:'.length)) ||
          path.endsWith(digest.slice('sha256:'.length + 2))
        ) {
          rmSync(join(program.hostFolder, path));
        }
      }
    };
    loseBlob(json(program, 'allow-list', 'show', 'lab').set.digest);
    expect(program.run('verify', '--full', '--artifacts').stderr).toContain('SK8060');
    expect(works(program, 'allow-list', 'show', 'lab')).toBe(told);
    expect(works(program, 'allow-list', 'test', 'lab', 'h5000.example.net')).toContain('since revision 2');
    const [, changeset = ''] =
      /blob:\n {4}digest: (\S+)/.exec(
        readFileSync(join(program.repository.path, revisionFile(program, 1)), 'utf8'),
      ) ?? [];
    loseBlob(changeset);
    const lost = program.run('allow-list', 'show', 'lab');
    expect(lost.exitCode).not.toBe(0);
    expect(lost.stderr).toContain(changeset);
  });
});

describe('a revision that somebody has changed in the repository', () => {
  const evil = (text: string) => text.replaceAll('web.example.org', 'evil.example.org');

  test.each([
    ['alone', false],
    ['with a state that names it', true],
  ])('%s is told by verify, plan and every question, and nothing is made of it', (_what, withState) => {
    const program = recorded(lab(web));
    const path = join(program.repository.path, revisionFile(program, 1));
    const forged = evil(readFileSync(path, 'utf8'));
    writeFileSync(path, forged);
    if (withState) {
      const state = join(program.repository.path, listFolder(program), 'state.json');
      const digest = digestOfBytes(forged);
      writeFileSync(
        state,
        readFileSync(state, 'utf8').replace(/"digest":"sha256:[0-9a-f]{64}"/, `"digest":"${digest}"`),
      );
    }
    edit(program, lab(hostEntry('next.example.org')));
    expect(program.run('verify', '--full')).toMatchObject({ exitCode: 6 });
    for (const words of [
      ['show', 'lab'],
      ['test', 'lab', 'evil.example.org'],
      ['diff', 'lab'],
      ['blame', 'lab'],
    ]) {
      const asked = program.run('allow-list', ...words);
      expect(asked).toMatchObject({ exitCode: 6, stdout: '' });
      expect(asked.stderr).toMatch(/SK80(?:55|57|64)/);
    }
    const reconciled = program.run('reconcile');
    expect(reconciled.exitCode).not.toBe(0);
    expect(existsSync(join(program.repository.path, revisionFile(program, 2)))).toBe(false);
  });
});

test('names in other scripts are asked for as they are written, and shown in ASCII', () => {
  const program = recorded(lab(hostEntry('"münchen.example.org"'), hostEntry('"пример.example.org"')));
  expect(works(program, 'allow-list', 'test', 'lab', 'MÜNCHEN.example.org.')).toContain(
    'xn--mnchen-3ya.example.org:443/tcp: allowed',
  );
  expect(works(program, 'allow-list', 'blame', 'lab', 'münchen')).toContain('xn--mnchen-3ya.example.org');
});

test('what steers a terminal never reaches it: not from entries, commits, nor what is asked', () => {
  const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  const program = recorded(lab(web));
  edit(program, lab(web, hostEntry('x.example.org')), 'see \u001b[31m \u202e \u009b2J this');
  works(program, 'reconcile');
  for (const words of [
    ['plan'],
    ['allow-list', 'test', 'lab', 'x.example.org'],
    ['allow-list', 'test', 'lab', 'x.example.org', '--output', 'json'],
    ['allow-list', 'blame', 'lab'],
    ['allow-list', 'blame', 'lab', '--output', 'json'],
    ['allow-list', 'show', 'lab\u202e\u001b[2J'],
    ['allow-list', 'test', 'lab', 'x\u202e.example.org'],
    ['allow-list', 'at', 'lab', '1\u001b[2J'],
    ['allow-list', 'frob\u001b[2J', 'lab'],
  ]) {
    const { stdout, stderr } = program.run(...words);
    expect(stdout + stderr, words.join(' ')).not.toMatch(steering);
  }
  edit(program, lab(hostEntry('y.example.org').replace('a test', '"a \\u202e test"')));
  const refused = program.run('plan');
  expect(refused.stderr).toContain('SK1414');
  expect(refused.stdout + refused.stderr).not.toMatch(steering);
});

test('what is asked wrongly is refused with what was wrong', () => {
  const program = recorded(lab(web));
  const asked = [
    [['test', 'lab', '1.2.3'], 'SK9042'],
    [['test', 'lab', 'web.example.org:0'], 'SK9042'],
    [['test', 'lab', 'web.example.org:65536'], 'SK9042'],
    [['test', 'lab', 'fe80::1%eth0'], 'SK9042'],
    [['test', 'lab', 'web.example.org', '--protocol', 'icmp'], 'SK9042'],
    [['show', 'labb'], 'SK9048'],
    [['show', '__proto__'], 'SK9048'],
    [['show', '../lab'], 'SK9048'],
    [['show', 'lab@0'], 'SK9023'],
    [['show', 'lab@2'], 'SK9023'],
    [['diff', 'lab', '1', '9'], 'SK9023'],
    [['rollback', 'lab', 'x'], 'SK9023'],
    [['constructor', 'lab'], 'takes one of show, '],
    [['test', 'lab'], 'allow-list test '],
  ] as const;
  for (const [words, says] of asked) {
    const { exitCode, stdout, stderr } = program.run('allow-list', ...words);
    expect(exitCode, words.join(' ')).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(says);
  }
});

describe('several hosts', () => {
  test('build and record are two jobs, and what is recorded is read from the commit', async () => {
    const hosts = createHostsOnRemote(lab(web));
    const one = hosts.host({ keyless: true });
    const two = hosts.host();
    const results = join(temporaryFolder(), 'results');
    expect(await one.run('build', '--out', results)).toMatchObject({ exitCode: 0 });
    const recordedThere = await two.run('record', results, '--output', 'json');
    expect(recordedThere).toMatchObject({ exitCode: 0 });
    expect(await two.run('verify', '--full', '--artifacts')).toMatchObject({ exitCode: 0 });
    expect((await two.run('allow-list', 'test', 'lab', 'web.example.org')).exitCode).toBe(0);
    expect((await two.run('record', results)).stdout).toContain('nothing to commit');
  });

  test('a hold that arrives between build and record is respected', async () => {
    const hosts = createHostsOnRemote(lab(web));
    const one = hosts.host();
    const publicKey = join(temporaryFolder(), 'key.txt');
    writeFileSync(publicKey, (await one.run('keys', 'show')).stdout);
    expect(await one.run('keys', 'add', publicKey, '--role', 'operator')).toMatchObject({ exitCode: 0 });
    one.push('roles', {});
    const results = join(temporaryFolder(), 'results');
    expect(await one.run('build', '--out', results)).toMatchObject({ exitCode: 0 });
    expect(await one.run('hold', 'lab', '--reason', 'wait')).toMatchObject({ exitCode: 0 });
    one.push('hold', {});
    const held = await one.run('record', results);
    expect(held.stdout).toMatch(/^lab +superseded +-\n/);
    expect(hosts.git('ls-tree', '-r', '--name-only', 'main', 'catalog/allow-lists')).toBe('');
  });

  test('a proposal tells of the lists that it changes', async () => {
    const hosts = createHostsOnRemote({ ...lab(web), 'specs/images/base.yaml': quickImageText('base') });
    const one = hosts.host();
    const body = join(one.folder, 'body.md');
    expect(await one.run('reconcile', '--pull-request', '--pull-request-body', body)).toMatchObject({
      exitCode: 0,
    });
    const text = readFileSync(body, 'utf8');
    expect(text).toMatch(/^catalog: 1 image, 1 allow-list\n/);
    expect(text).toContain('| base | - | 1.0.0+1 |');
    expect(text).toContain(
      '| Allow-list | Active now | Active after |\n| --- | --- | --- |\n| lab | - | revision 1 |',
    );
  });

  test('that reconcile one list at once make one revision of each edit, and none is lost', async () => {
    const hosts = createHostsOnRemote(lab(web));
    const racers = [hosts.host(), hosts.host(), hosts.host()];
    const [first] = racers;
    for (const number of [1, 2]) {
      first?.push(`edit ${number}`, lab(web, hostEntry(`n${number}.example.org`)));
      for (const host of racers) {
        host.git('pull', '--quiet', '--no-rebase', 'origin', 'main');
      }
      const ends = await Promise.all(racers.map((host) => host.run('reconcile', '--no-lease')));
      expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
      first?.git('pull', '--quiet', '--no-rebase', 'origin', 'main');
    }
    const reader = hosts.host();
    expect(await reader.run('verify', '--full')).toMatchObject({ exitCode: 0 });
    expect(
      JSON.parse((await reader.run('allow-list', 'show', 'lab', '--output', 'json')).stdout),
    ).toMatchObject({
      revision: 2,
      entries: [{ allow: 'host n2.example.org' }, { allow: 'host web.example.org' }],
    });
    expect((await reader.run('reconcile')).stdout).toContain('nothing to commit');
  });

  test('of which one has an older commit make no older list of it', async () => {
    const hosts = createHostsOnRemote(lab(web));
    const [old, fresh] = [hosts.host(), hosts.host()];
    fresh.push('edit', lab(hostEntry('new.example.org')));
    await Promise.all([old.run('reconcile', '--no-lease'), fresh.run('reconcile', '--no-lease')]);
    const reader = hosts.host();
    await reader.run('reconcile');
    const shown = JSON.parse((await reader.run('allow-list', 'show', 'lab', '--output', 'json')).stdout);
    expect(shown.entries).toMatchObject([{ allow: 'host new.example.org' }]);
    expect(await reader.run('verify', '--full')).toMatchObject({ exitCode: 0 });
  });
});
