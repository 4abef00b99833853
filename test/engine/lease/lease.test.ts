import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Timer } from '../../../src/adapters/clock/timer.ts';
import type { GitRepository } from '../../../src/adapters/git/git.ts';
import type { RunOwner } from '../../../src/adapters/run-owner/run-owner.ts';
import { holdLease } from '../../../src/engine/lease/hold-lease.ts';
import { readLeases } from '../../../src/engine/lease/lease-book.ts';
import { type LeaseOptions, takeLease } from '../../../src/engine/lease/take-lease.ts';
import type { Diagnostic } from '../../../src/model/diagnostic.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { failure } from '../../../src/model/result.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from '../../rig/git-repository.ts';
import { openTestRepository } from '../../rig/open-test-repository.ts';

const a = digestOfBytes('a');
const b = digestOfBytes('b');
const c = digestOfBytes('c');
const runA = '20261120T230000Z-0000000a';
const runB = '20261120T230001Z-0000000b';
const runC = '20261120T230002Z-0000000c';

/** Time that the test moves; what is due then is called. */
function createHandTime() {
  let nowMs = Date.parse('2026-11-20T23:00:00Z');
  let jumpedMs = 0;
  const due = new Set<{ readonly atMs: number; readonly call: () => void }>();
  const timer: Timer = {
    after(delayMs, call) {
      const entry = { atMs: nowMs + delayMs, call };
      // Races between writers are answered at once; renewals are what the test moves time for.
      const handle = delayMs < 60_000 ? setImmediate(call) : undefined;
      if (handle === undefined) {
        due.add(entry);
      }
      return { cancel: () => void (handle === undefined ? due.delete(entry) : clearImmediate(handle)) };
    },
  };
  return {
    clock: { now: () => new Date(nowMs + jumpedMs) },
    stopwatch: { readMs: () => nowMs },
    timer,
    jump(byMs: number) {
      jumpedMs += byMs;
    },
    passMinutes(minutes: number) {
      nowMs += minutes * 60_000;
      for (const entry of [...due].filter(({ atMs }) => atMs <= nowMs)) {
        due.delete(entry);
        entry.call();
      }
    },
  };
}

function makeRemote(): GitRepositoryRig {
  const remote = createGitRepository({ bare: true });
  onTestFinished(() => remote[Symbol.dispose]());
  const seed = remote.clone();
  seed.commit('first');
  seed.git('push', '--quiet', 'origin', 'main');
  return remote;
}

async function openClone(remote: GitRepositoryRig): Promise<GitRepository> {
  const git = await openTestRepository(remote.clone());
  onTestFinished(() => git[Symbol.asyncDispose]());
  return git;
}

function optionsOf(
  git: GitRepository,
  time: ReturnType<typeof createHandTime>,
  more: Partial<LeaseOptions> = {},
): LeaseOptions {
  return {
    git,
    remote: 'origin',
    owners: { self: async () => owner('here'), isDead: async () => false },
    author: { name: 'Engine', email: 'engine@example.org' },
    clock: time.clock,
    stopwatch: time.stopwatch,
    timer: time.timer,
    random: () => 0,
    operationTimeoutMs: 30_000,
    ...more,
  };
}

function owner(machine: string): RunOwner {
  return { host: 'h', machine, process: 1, processStart: '1' };
}

test('a lease on other changes is no obstacle, one on the same is, until it is given back', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const one = optionsOf(await openClone(remote), time);
  const two = optionsOf(await openClone(remote), time);
  const first = expectValue(await takeLease(one, runA, [a, b]));
  expect(first).toMatchObject({ status: 'taken', lease: { lease: { id: runA, token: 1 } } });
  expect(expectValue(await takeLease(two, runB, [c]))).toMatchObject({
    status: 'taken',
    lease: { lease: { token: 2 } },
  });
  expect(expectValue(await takeLease(two, runC, [b]))).toMatchObject({
    status: 'held',
    by: [{ lease: { id: runA } }],
  });
  if (first.status === 'taken') {
    await holdLease(one, first.lease, () => undefined)[Symbol.asyncDispose]();
  }
  expect(expectValue(await takeLease(two, runC, [b]))).toMatchObject({
    status: 'taken',
    lease: { lease: { token: 3 } },
  });
});

test('of many that ask at once one gets the lease, and no token is given twice', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const clones = await Promise.all([1, 2, 3, 4].map(() => openClone(remote)));
  const results = await Promise.all(
    clones.map((git, index) => takeLease(optionsOf(git, time), `20261120T23000${index}Z-00000000`, [a])),
  );
  const statuses = results.map((result) => expectValue(result).status);
  expect(statuses.filter((status) => status === 'taken')).toHaveLength(1);
  const others = await Promise.all(
    clones.map((git, index) =>
      takeLease(optionsOf(git, time), `20261120T23010${index}Z-00000000`, [digestOfBytes(`${index}`)]),
    ),
  );
  const tokens = others.flatMap((result) => {
    const value = expectValue(result);
    return value.status === 'taken' ? [value.lease.lease.token] : [];
  });
  expect(tokens.sort()).toEqual([2, 3, 4, 5]);
}, 30_000);

test('a lease is renewed while it is held, and taken over when it was not', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const git = await openClone(remote);
  const one = optionsOf(git, time);
  const two = optionsOf(await openClone(remote), time);
  const first = expectValue(await takeLease(one, runA, [a]));
  const reports: Diagnostic[] = [];
  const held =
    first.status === 'taken' ? holdLease(one, first.lease, (each) => reports.push(each)) : undefined;
  const until = async () => expectValue(await readLeases(git, 'origin', {})).leases[0]?.lease.expiresAt;
  expect(await until()).toBe('2026-11-20T23:15:00.000Z');
  time.passMinutes(5);
  await expect.poll(until).toBe('2026-11-20T23:20:00.000Z');

  time.passMinutes(14);
  await expect.poll(until).toBe('2026-11-20T23:34:00.000Z');
  expect(expectValue(await takeLease(two, runB, [a])).status).toBe('held');
  // For another host its time is over.
  const away = optionsOf(await openClone(remote), {
    ...time,
    clock: { now: () => new Date('2026-11-20T23:34:00.001Z') },
  });
  expect(expectValue(await takeLease(away, runB, [a]))).toMatchObject({
    status: 'taken',
    lease: { lease: { token: 2 } },
  });
  expect(remote.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/sandkiln/leases')).toBe(runB);
  time.passMinutes(5);
  await expect.poll(() => reports.map(({ code }) => code)).toEqual(['SK2222']);
  await held?.[Symbol.asyncDispose]();
  expect(remote.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/sandkiln/leases')).toBe(runB);
}, 30_000);

test('the lease of an owner that is known to be dead is no obstacle', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const dead = optionsOf(await openClone(remote), time, {
    owners: { self: async () => owner('dead'), isDead: async () => false },
  });
  expectValue(await takeLease(dead, runA, [a]));
  const alive = optionsOf(await openClone(remote), time, {
    owners: { self: async () => owner('here'), isDead: async ({ machine }) => machine === 'dead' },
  });
  expect(expectValue(await takeLease(alive, runB, [a])).status).toBe('taken');
  expect(remote.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/sandkiln/leases')).toBe(runB);
});

test('what stands there and is no lease is passed over, and leases work without a remote', async () => {
  const rig = createGitRepository();
  onTestFinished(() => rig[Symbol.dispose]());
  rig.commit('first', { 'lease.json': '{"id":"x"}' });
  rig.git('update-ref', `refs/sandkiln/leases/${runA}`, 'HEAD');
  rig.git('update-ref', 'refs/sandkiln/leases/blob', 'HEAD:lease.json');
  const git = await openTestRepository(rig);
  onTestFinished(() => git[Symbol.asyncDispose]());
  const options = optionsOf(git, createHandTime(), { remote: undefined });
  expect(expectValue(await readLeases(git, undefined, {})).leases).toEqual([]);
  expect(expectValue(await takeLease(options, runB, [a])).status).toBe('taken');
  expect(expectValue(await takeLease(options, runC, [a])).status).toBe('held');
});

const lostAnswer = failure({
  code: 'SK2103',
  severity: 'error',
  message: 'lost',
  hint: '',
  failure: 'transient',
});

/** A repository whose pushes of leases lose their answers: those of the given turns, counted from 1. */
function losingAnswers(
  git: GitRepository,
  turns: readonly number[],
  takes: 'before' | 'after',
): GitRepository {
  let turn = 0;
  return {
    ...git,
    async updateReferences(...move) {
      turn += 1;
      if (!turns.includes(turn)) {
        return git.updateReferences(...move);
      }
      if (takes === 'after') {
        await git.updateReferences(...move);
      }
      return lostAnswer;
    },
  };
}

function leasesAt(remote: GitRepositoryRig): string {
  return remote.git('for-each-ref', '--format=%(refname:lstrip=3)', 'refs/sandkiln/leases');
}

test.each(['before', 'after'] as const)(
  'connections lost %s the remote took the lease, its renewal and its removal leave nothing behind',
  async (takes) => {
    const remote = makeRemote();
    const time = createHandTime();
    const git = losingAnswers(await openClone(remote), [1, 3, 5], takes);
    const options = optionsOf(git, time);
    const taken = expectValue(await takeLease(options, runA, [a]));
    expect(taken).toMatchObject({ status: 'taken', lease: { lease: { id: runA, token: 1 } } });
    const reports: Diagnostic[] = [];
    const held =
      taken.status === 'taken' ? holdLease(options, taken.lease, (each) => reports.push(each)) : undefined;
    expect(leasesAt(remote)).toBe(runA);
    time.passMinutes(5);
    const until = async () => expectValue(await readLeases(git, 'origin', {})).leases[0]?.lease.expiresAt;
    await expect.poll(until).toBe('2026-11-20T23:20:00.000Z');
    await held?.[Symbol.asyncDispose]();
    expect(leasesAt(remote)).toBe('');
    expect(reports).toEqual([]);
  },
  30_000,
);

test('a lease whose taking is given up with no answer is not left behind, nor where the first look after it fails', async () => {
  const remote = makeRemote();
  const git = losingAnswers(await openClone(remote), [1], 'after');
  const stop = new AbortController();
  let looksAfterwards = 0;
  const cancelling: GitRepository = {
    ...git,
    async updateReferences(...move) {
      const moved = await git.updateReferences(...move);
      stop.abort();
      return moved;
    },
    async listReferences(...asked) {
      looksAfterwards += stop.signal.aborted ? 1 : 0;
      return looksAfterwards === 1 ? lostAnswer : git.listReferences(...asked);
    },
  };
  const options = optionsOf(cancelling, createHandTime(), { signal: stop.signal });
  expect((await takeLease(options, runA, [a])).ok).toBe(false);
  expect(looksAfterwards).toBe(2);
  expect(leasesAt(remote)).toBe('');
});

test('a lease whose ref is locked at the remote when it is given back is removed once it is free', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const lock = join(remote.path, `refs/sandkiln/leases/${runA}.lock`);
  const refusals: string[] = [];
  const git = await openClone(remote);
  const watched: GitRepository = {
    ...git,
    async updateReferences(...move) {
      const moved = await git.updateReferences(...move);
      if (moved.ok && moved.value.status === 'raced') {
        refusals.push(moved.value.detail);
        rmSync(lock);
      }
      return moved;
    },
  };
  const options = optionsOf(watched, time);
  const taken = expectValue(await takeLease(options, runA, [a]));
  const reports: Diagnostic[] = [];
  const held =
    taken.status === 'taken' ? holdLease(options, taken.lease, (each) => reports.push(each)) : undefined;
  writeFileSync(lock, '');
  await held?.[Symbol.asyncDispose]();
  expect(refusals).toHaveLength(1);
  expect(leasesAt(remote)).toBe('');
  expect(reports).toEqual([]);
});

test('a lease is given back while its renewal has no answer, also by a run that was cancelled', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const git = losingAnswers(await openClone(remote), [2], 'after');
  const stop = new AbortController();
  const silent = { after: () => ({ cancel: () => undefined }) };
  const options = optionsOf(git, time, { signal: stop.signal });
  const taken = expectValue(await takeLease(options, runA, [a]));
  const waiting = {
    ...options,
    timer: { after: (ms: number, call: () => void) => (ms > 60_000 ? time.timer : silent).after(ms, call) },
  };
  const held = taken.status === 'taken' ? holdLease(waiting, taken.lease, () => undefined) : undefined;
  const before = remote.git('rev-parse', `refs/sandkiln/leases/${runA}`);
  time.passMinutes(5);
  await expect.poll(() => remote.git('rev-parse', `refs/sandkiln/leases/${runA}`)).not.toBe(before);
  stop.abort();
  await held?.[Symbol.asyncDispose]();
  expect(leasesAt(remote)).toBe('');
});

test('a holder whose clock jumps renews by the time that passes, and says until when by the clock', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const git = await openClone(remote);
  const options = optionsOf(git, time);
  const taken = expectValue(await takeLease(options, runA, [a]));
  const held = taken.status === 'taken' ? holdLease(options, taken.lease, () => undefined) : undefined;
  const until = async () => expectValue(await readLeases(git, 'origin', {})).leases[0]?.lease.expiresAt;
  time.jump(-60 * 60_000);
  time.passMinutes(5);
  await expect.poll(until).toBe('2026-11-20T22:20:00.000Z');
  time.jump(2 * 60 * 60_000);
  time.passMinutes(5);
  await expect.poll(until).toBe('2026-11-21T00:25:00.000Z');
  await held?.[Symbol.asyncDispose]();
  expect(leasesAt(remote)).toBe('');
});

test('a lease from a clock that was hours ahead holds, one from a clock that was days ahead does not', async () => {
  const remote = makeRemote();
  const time = createHandTime();
  const ahead = createHandTime();
  ahead.jump(3 * 60 * 60_000);
  expectValue(await takeLease(optionsOf(await openClone(remote), ahead), runA, [a]));
  const options = optionsOf(await openClone(remote), time);
  expect(expectValue(await takeLease(options, runB, [a])).status).toBe('held');
  ahead.jump(3 * 24 * 60 * 60_000);
  expectValue(await takeLease(optionsOf(await openClone(remote), ahead), runB, [b]));
  expect(expectValue(await takeLease(options, runC, [b])).status).toBe('taken');
});
