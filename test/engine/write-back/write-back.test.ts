import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Timer } from '../../../src/adapters/clock/timer.ts';
import type { CommitId, GitRepository } from '../../../src/adapters/git/git.ts';
import { asCommitId, asObjectId } from '../../../src/adapters/git/object-format.ts';
import { gitNamespace, sshSignature } from '../../../src/engine/attest/ssh-signature.ts';
import { branchLanding } from '../../../src/engine/write-back/branch-landing.ts';
import type { CommitContent } from '../../../src/engine/write-back/offer-once.ts';
import { type WriteBackOptions, writeBack } from '../../../src/engine/write-back/write-back.ts';
import type { Event } from '../../../src/model/event.ts';
import { allowedSignersLine } from '../../../src/model/public-key.ts';
import { type Result, success } from '../../../src/model/result.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import {
  createGitRepository,
  type GitRepositoryOptions,
  type GitRepositoryRig,
} from '../../rig/git-repository.ts';
import { memorySigner, publicKeyOf } from '../../rig/memory-signer.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

const rigs: GitRepositoryRig[] = [];
const repositories: GitRepository[] = [];

afterEach(async () => {
  for (const git of repositories.splice(0)) {
    await git[Symbol.asyncDispose]();
  }
  for (const rig of rigs.splice(0)) {
    rig[Symbol.dispose]();
  }
});

function make(options?: GitRepositoryOptions): GitRepositoryRig {
  const rig = createGitRepository(options);
  rigs.push(rig);
  return rig;
}

/** A bare remote with one commit, and clones of it. */
function makeRemote(): GitRepositoryRig {
  const remote = make({ bare: true });
  const seed = remote.clone();
  seed.commit('first', { 'README.md': 'read me\n', 'catalog/count': '0' });
  seed.git('push', '--quiet', 'origin', 'main');
  return remote;
}

async function open(rig: GitRepositoryRig): Promise<GitRepository> {
  const git = await openTestRepository(rig);
  repositories.push(git);
  return git;
}

/** Time that passes only while somebody waits; the time of day jumps by as much with each look at it. */
function createTestTime(jumpMs = 0) {
  let nowMs = Date.parse('2026-01-02T03:04:05Z');
  let looks = 0;
  const delaysMs: number[] = [];
  const timer: Timer = {
    after(delayMs, call) {
      delaysMs.push(delayMs);
      nowMs += delayMs;
      const handle = setImmediate(call);
      return { cancel: () => clearImmediate(handle) };
    },
  };
  return {
    clock: { now: () => new Date(nowMs + jumpMs * looks++) },
    stopwatch: { readMs: () => nowMs },
    timer,
    delaysMs,
  };
}

/** Options of a writer that adds one line to a counter each time, and the notes it was given. */
function writer(
  git: GitRepository,
  {
    branch = 'main',
    remote,
    jumpMs,
    ...more
  }: Partial<WriteBackOptions<CommitContent>> & { readonly remote?: string; readonly jumpMs?: number } = {},
) {
  const time = createTestTime(jumpMs);
  const events: Event[] = [];
  const options: WriteBackOptions<CommitContent> = {
    git,
    branch,
    landing: branchLanding({
      git,
      branch,
      folder: 'catalog',
      clock: time.clock,
      emit: (event) => events.push(event),
      ...(remote === undefined ? {} : { remote }),
    }),
    compute: ({ parent }) => countUp(git, parent),
    author: { name: 'Engine', email: 'engine@example.org' },
    clock: time.clock,
    stopwatch: time.stopwatch,
    timer: time.timer,
    random: () => 0,
    deadlineMs: 60_000,
    operationTimeoutMs: 30_000,
    ...more,
  };
  return { options, events, delaysMs: time.delaysMs };
}

async function countUp(git: GitRepository, tip: CommitId, by = 'x'): Promise<Result<CommitContent>> {
  const id = await git.objectAt(tip, 'catalog/count');
  const count =
    id === undefined ? '' : Buffer.from(expectValue(await git.readBlob(asObjectId(id), 10_000))).toString();
  return success({
    changes: new Map([['catalog/count', Buffer.from(`${count}${by}`)]]),
    message: `count ${by}`,
  });
}

function notes(events: readonly Event[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'diagnostic' ? [`${event.diagnostic.code} ${event.diagnostic.message}`] : [],
  );
}

test('writes one commit to the local branch, with index and files', async () => {
  const rig = make();
  rig.commit('first', { 'catalog/count': '0' });
  const git = await open(rig);
  const written = expectValue(await writeBack(writer(git).options));
  expect(written).toMatchObject({ commit: rig.git('rev-parse', 'main'), attempts: 1, waitedMs: 0 });
  expect(rig.show('main', 'catalog/count')).toBe('0x');
  expect(rig.git('status', '--porcelain')).toBe('');
  rig.git('fsck', '--strict');
});

test.each(['ed25519', 'ecdsa-p256'] as const)(
  'git verifies the commits that an %s key of the engine signs',
  async (algorithm) => {
    const rig = make();
    rig.commit('first', { 'catalog/count': '0' });
    const signer = memorySigner(algorithm);
    const { options } = writer(await open(rig), {
      sign: (commit) => sshSignature(commit, gitNamespace, signer),
    });
    expectValue(await writeBack(options));
    const allowed = join(rig.path, '../allowed');
    writeFileSync(
      allowed,
      `${allowedSignersLine('engine@example.org', publicKeyOf(signer), [gitNamespace])}\n`,
    );
    const verified = rig.tryGit('-c', `gpg.ssh.allowedSignersFile=${allowed}`, 'verify-commit', 'main');
    expect(verified.stderr).toContain('Good "git" signature for engine@example.org');
    expect(verified.exitCode).toBe(0);
    rig.git('fsck', '--strict');
  },
);

test('makes no commit where there is nothing to record', async () => {
  const rig = make();
  const first = rig.commit('first', { 'catalog/count': '0' });
  const git = await open(rig);
  const nothing = writer(git, { compute: async () => success(undefined) });
  expect(expectValue(await writeBack(nothing.options))).toMatchObject({ commit: undefined, attempts: 0 });
  const same = writer(git, {
    compute: async () =>
      success({ changes: new Map([['catalog/count', Buffer.from('0')]]), message: 'same' }),
  });
  expect(expectValue(await writeBack(same.options))).toMatchObject({ commit: undefined, attempts: 0 });
  expect(rig.git('rev-parse', 'main')).toBe(first);
});

test('without a remote, computes again on a tip that moved meanwhile', async () => {
  const rig = make();
  rig.commit('first', { 'catalog/count': '0' });
  const git = await open(rig);
  let calls = 0;
  const { options, delaysMs } = writer(git, {
    async compute({ parent }) {
      calls += 1;
      if (calls < 3) {
        rig.commit(`mine ${calls}`, { 'mine.txt': `${calls}` });
      }
      return countUp(git, parent);
    },
  });
  expect(expectValue(await writeBack(options))).toMatchObject({ attempts: 3, waitedMs: 150 });
  expect(delaysMs).toEqual([50, 100]);
  expect(rig.git('log', '--format=%s', 'main').split('\n')).toEqual(['count x', 'mine 2', 'mine 1', 'first']);
  expect(rig.git('status', '--porcelain')).toBe('');
});

test('pushes to the remote and takes the local branch along', async () => {
  const remote = makeRemote();
  const rig = remote.clone();
  rig.write('notes.txt', 'mine');
  const { options, events } = writer(await open(rig), { remote: 'origin' });
  const { commit } = expectValue(await writeBack(options));
  expect(remote.git('rev-parse', 'main')).toBe(commit);
  expect(rig.git('rev-parse', 'main')).toBe(commit);
  expect(rig.git('status', '--porcelain')).toBe('?? notes.txt');
  expect(notes(events)).toEqual([]);
});

test('leaves a local branch with own commits, dirty records or more to bring alone, and says so', async () => {
  const remote = makeRemote();
  const ahead = remote.clone();
  const dirty = remote.clone();
  const behind = remote.clone();
  const own = ahead.commit('own', { 'own.txt': 'x' });
  dirty.write('catalog/mine', 'x');
  const others = remote.clone();
  others.commit('theirs', { 'theirs.txt': 'x' });

  const first = writer(await open(ahead), { remote: 'origin' });
  expectValue(await writeBack(first.options));
  expect(notes(first.events)).toEqual([expect.stringMatching(/^SK2203 .* commits of its own/)]);
  expect(ahead.git('rev-parse', 'main')).toBe(own);

  others.git('pull', '--quiet', '--rebase', 'origin', 'main');
  others.git('push', '--quiet', 'origin', 'main');
  const before = dirty.git('rev-parse', 'main');
  for (const rig of [dirty, behind]) {
    const { options, events } = writer(await open(rig), { remote: 'origin' });
    expectValue(await writeBack(options));
    expect(notes(events)).toEqual([expect.stringMatching(/^SK2203 .*theirs\.txt/)]);
    expect(rig.git('rev-parse', 'main')).toBe(before);
  }
  expect(dirty.git('status', '--porcelain')).toBe('?? catalog/mine');
  expect(remote.show('main', 'catalog/count')).toBe('0xxx');
});

test('works in a detached HEAD and without a local branch', async () => {
  const remote = makeRemote();
  const rig = remote.clone();
  rig.git('checkout', '--quiet', '--detach');
  rig.git('branch', '--quiet', '-D', 'main');
  const { options, events } = writer(await open(rig), { remote: 'origin' });
  const { commit } = expectValue(await writeBack(options));
  expect(remote.git('rev-parse', 'main')).toBe(commit);
  expect(rig.git('status', '--porcelain')).toBe('');
  expect(notes(events)).toEqual([]);
});

test('two writers on one remote lose nothing', async () => {
  const remote = makeRemote();
  const rounds = 6;
  async function work(name: string): Promise<void> {
    const git = await open(remote.clone());
    for (let round = 0; round < rounds; round += 1) {
      const { options } = writer(git, {
        remote: 'origin',
        compute: ({ parent }) => countUp(git, parent, name),
      });
      expectValue(await writeBack({ ...options, deadlineMs: 600_000 }));
    }
  }
  await Promise.all([work('a'), work('b')]);
  const count = remote.show('main', 'catalog/count');
  expect([...count].sort().join('')).toBe(`0${'a'.repeat(rounds)}${'b'.repeat(rounds)}`);
  expect(remote.git('rev-list', '--count', 'main')).toBe(String(1 + 2 * rounds));
  remote.git('fsck', '--strict');
}, 60_000);

test('two writers in one repository lose nothing', async () => {
  const rig = make();
  rig.commit('first', { 'catalog/count': '0' });
  const rounds = 5;
  async function work(name: string): Promise<void> {
    const git = await open(rig);
    for (let round = 0; round < rounds; round += 1) {
      const { options } = writer(git, { compute: ({ parent }) => countUp(git, parent, name) });
      expectValue(await writeBack({ ...options, deadlineMs: 600_000 }));
    }
  }
  await Promise.all([work('a'), work('b')]);
  expect(rig.show('main', 'catalog/count')).toHaveLength(1 + 2 * rounds);
  expect(rig.git('status', '--porcelain')).toBe('');
}, 60_000);

test('a race that does not end is given up at the deadline', async () => {
  const remote = makeRemote();
  const rig = remote.clone();
  const others = remote.clone();
  const git = await open(rig);
  let theirs = 0;
  const { options } = writer(git, {
    remote: 'origin',
    deadlineMs: 500,
    async compute({ parent }) {
      theirs += 1;
      others.commit(`theirs ${theirs}`, { 'theirs.txt': `${theirs}` });
      others.git('push', '--quiet', 'origin', 'main');
      return countUp(git, parent);
    },
  });
  const diagnostic = expectDiagnostic(await writeBack(options));
  expect(diagnostic).toMatchObject({ code: 'SK2201', failure: 'transient' });
  expect(diagnostic.message).toContain('4 attempts');
  expect(remote.git('log', '-1', '--format=%s', 'main')).toBe(`theirs ${theirs}`);
});

test('a push whose answer was lost is found at the next tip, not made again', async () => {
  const remote = makeRemote();
  const git = await open(remote.clone());
  let pushes = 0;
  const forgetful: GitRepository = {
    ...git,
    async pushBranch(...push) {
      pushes += 1;
      expectValue(await git.pushBranch(...push));
      return {
        ok: false,
        diagnostics: [{ code: 'SK2103', severity: 'error', message: 'lost', hint: '', failure: 'transient' }],
      };
    },
  };
  const { options } = writer(forgetful, { remote: 'origin' });
  const written = expectValue(await writeBack(options));
  expect(written).toMatchObject({ commit: remote.git('rev-parse', 'main'), attempts: 1, waitedMs: 50 });
  expect(pushes).toBe(1);
  expect(remote.show('main', 'catalog/count')).toBe('0x');
});

test('a refusal that needs a person ends it at once', async () => {
  const remote = makeRemote();
  remote.hook('pre-receive', '#!/bin/sh\necho no >&2\nexit 1\n');
  const rig = remote.clone();
  const { options, delaysMs } = writer(await open(rig), { remote: 'origin' });
  expect(expectDiagnostic(await writeBack(options))).toMatchObject({ code: 'SK2107', failure: 'stalled' });
  expect(delaysMs).toEqual([]);
});

test('what compute says no to is not written', async () => {
  const remote = makeRemote();
  const { options } = writer(await open(remote.clone()), {
    remote: 'origin',
    compute: async () => ({
      ok: false,
      diagnostics: [{ code: 'SK3001', severity: 'error', message: 'no', hint: '' }],
    }),
  });
  expect(expectCodes(await writeBack(options))).toEqual(['SK3001']);
});

test('a branch without commits is named, locally and at the remote', async () => {
  const empty = make();
  expect(expectCodes(await writeBack(writer(await open(empty)).options))).toEqual(['SK2202']);
  const git = await open(makeRemote().clone());
  expect(expectCodes(await writeBack(writer(git, { remote: 'origin', branch: 'records' }).options))).toEqual([
    'SK2202',
  ]);
});

test('a held index is waited for, then named', async () => {
  const rig = make();
  rig.commit('first', { 'catalog/count': '0' });
  const lock = join(rig.path, '.git/index.lock');
  writeFileSync(lock, '');
  const git = await open(rig);
  expect(expectCodes(await writeBack(writer(git, { deadlineMs: 200 }).options))).toEqual(['SK2112']);
  rmSync(lock);
  expect(expectValue(await writeBack(writer(git).options)).attempts).toBe(1);
});

test('a remote that comes back is waited for', async () => {
  const remote = makeRemote();
  const git = await open(remote.clone());
  const away = `${remote.path}-away`;
  let fetches = 0;
  const flaky: GitRepository = {
    ...git,
    async fetchBranch(...fetch) {
      fetches += 1;
      if (fetches === 1) {
        return {
          ok: false,
          diagnostics: [
            { code: 'SK2103', severity: 'error', message: 'refused', hint: '', failure: 'transient' },
          ],
        };
      }
      return git.fetchBranch(...fetch);
    },
  };
  expect(expectValue(await writeBack(writer(flaky, { remote: 'origin' }).options))).toMatchObject({
    attempts: 1,
    waitedMs: 50,
  });
  renameSync(remote.path, away);
  expect(expectCodes(await writeBack(writer(git, { remote: 'origin' }).options))).toEqual(['SK2101']);
  renameSync(away, remote.path);
});

test('a cancelled run stops waiting and writes nothing', async () => {
  const rig = make();
  const first = rig.commit('first', { 'catalog/count': '0' });
  writeFileSync(join(rig.path, '.git/index.lock'), '');
  const stop = new AbortController();
  const { options } = writer(await open(rig), {
    signal: stop.signal,
    timer: {
      after() {
        stop.abort();
        return { cancel: () => undefined };
      },
    },
  });
  expect(expectDiagnostic(await writeBack(options))).toMatchObject({ code: 'SK2204', failure: 'cancelled' });
  expect(rig.git('rev-parse', 'main')).toBe(first);
});

/** A repository whose pushes take too long for their answer; `lands` says whether the remote took them. */
function slowPushes(git: GitRepository, lands: boolean): GitRepository {
  return {
    ...git,
    async pushBranch(...push) {
      if (lands) {
        expectValue(await git.pushBranch(...push));
      }
      return {
        ok: false,
        diagnostics: [
          { code: 'SK2104', severity: 'error', message: 'too long', hint: '', failure: 'timed-out' },
        ],
      };
    },
  };
}

test('a push that took too long is looked for, also when no time is left', async () => {
  const remote = makeRemote();
  const git = slowPushes(await open(remote.clone()), true);
  const late = expectValue(await writeBack(writer(git, { remote: 'origin', deadlineMs: 10 }).options));
  expect(late).toMatchObject({ commit: remote.git('rev-parse', 'main'), attempts: 1, waitedMs: 0 });
  const again = expectValue(await writeBack(writer(git, { remote: 'origin' }).options));
  expect(again).toMatchObject({ commit: remote.git('rev-parse', 'main'), attempts: 1, waitedMs: 50 });
  expect(remote.show('main', 'catalog/count')).toBe('0xx');
});

test('a push that took too long and did not land is made again, and named at the deadline', async () => {
  const remote = makeRemote();
  const git = slowPushes(await open(remote.clone()), false);
  const seen: number[] = [];
  const { options } = writer(git, {
    remote: 'origin',
    deadlineMs: 200,
    async compute({ parent, attempt, waitedMs }) {
      seen.push(attempt, waitedMs);
      return countUp(git, parent);
    },
  });
  expect(expectDiagnostic(await writeBack(options))).toMatchObject({ code: 'SK2104', failure: 'timed-out' });
  expect(seen).toEqual([1, 0, 2, 50, 3, 150]);
  expect(remote.show('main', 'catalog/count')).toBe('0');
});

test.each([
  ['forward', 3_600_000],
  ['back', -3_600_000],
])('a clock that jumps %s neither ends the attempts nor lets them go on', async (_, jumpMs) => {
  const remote = makeRemote();
  const git = slowPushes(await open(remote.clone()), false);
  const { options, delaysMs } = writer(git, { remote: 'origin', deadlineMs: 1000, jumpMs });
  expect(expectDiagnostic(await writeBack(options))).toMatchObject({ code: 'SK2104', failure: 'timed-out' });
  expect(delaysMs).toEqual([50, 100, 200, 400]);
});

/** A commit of another writer that landed now, and says how far apart attempts should be. */
function crowd(rig: GitRepositoryRig, at: string, spacing: string): void {
  rig.git(
    ...['-c', 'user.name=Other', '-c', 'user.email=other@example.org'],
    ...['commit', '--quiet', '--allow-empty', `--date=${at}`, '-m', `theirs\n\nSandkiln-Spacing: ${spacing}`],
  );
}

test('where the branch is crowded, the first attempt waits too, and the commit asks for less if it won at once', async () => {
  const rig = make();
  rig.commit('first', { 'catalog/count': '0' });
  const git = await open(rig);
  const committedAt = expectValue(await git.readCommit(asCommitId(rig.git('rev-parse', 'main')))).committedAt;
  crowd(rig, `@${committedAt} +0000`, '1000ms');
  const seconds = expectValue(await git.readCommit(asCommitId(rig.git('rev-parse', 'main')))).committedAt;
  const { options, delaysMs } = writer(git);
  const clock = { now: () => new Date(seconds * 1000) };
  const landing = branchLanding({ git, branch: 'main', folder: 'catalog', clock, emit: () => undefined });
  const written = expectValue(await writeBack({ ...options, landing }));
  expect(written).toMatchObject({ attempts: 1, waitedMs: 500 });
  expect(delaysMs).toEqual([500]);
  expect(rig.git('log', '-1', '--format=%(trailers:key=Sandkiln-Spacing,valueonly)', 'main')).toBe('700ms');
  const later = { now: () => new Date((seconds + 3600) * 1000) };
  const calm = writer(git);
  await writeBack({
    ...calm.options,
    landing: branchLanding({ git, branch: 'main', folder: 'catalog', clock: later, emit: () => undefined }),
  });
  expect(calm.delaysMs).toEqual([]);
  expect(rig.git('log', '-1', '--format=%B', 'main')).toBe('count x');
});
