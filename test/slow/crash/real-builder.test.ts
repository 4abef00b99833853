import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Event } from '../../../src/model/event.ts';
import {
  type CrashSite,
  catalogOf,
  copyOfCrashSite,
  createCrashSite,
  expectSound,
  leftovers,
  shareFolders,
  startReconcile,
  unnamedBlobs,
} from '../../rig/crash-site.ts';
import { createHostsOnRemote } from '../../rig/hosts-on-remote.ts';
import { leftBehind, processesOf } from '../../rig/left-behind.ts';

const timeoutMs = 900_000;

/** Bootable, but nothing of it is booted: it has no disk. */
const base = `apiVersion: sandkiln/v1
kind: SandboxImageSpec
metadata: {name: base}
spec:
  version: 1.0.0
  os: {distribution: debian, release: bookworm, architecture: amd64}
  variant: essential
  packages: [linux-image-cloud-amd64]
  outputs: [rootfs]
`;

/** Adds a package, so that the real builder works on it, and an init that comes to its end at once. */
const child = `apiVersion: sandkiln/v1
kind: SandboxImageSpec
metadata: {name: child}
spec:
  version: 1.0.0
  from: base
  packages: [netbase]
  files: [{path: /usr/sbin/init, content: "#!/bin/sh\\necho 'child login: '\\nexec sleep 1000\\n", mode: "0755"}]
  outputs: [qcow2]
`;

/** When a run is killed: once the action has started, and this program of it runs. */
interface Moment {
  readonly action: string;
  readonly program: string;
}

interface KilledRun {
  /** How the names of its scratch folders begin. */
  readonly scratchPrefix: string;
  /** Pure actions that had ended well. */
  readonly finished: readonly string[];
}

test(
  'whenever a run with the real builder is killed, the next one ends as if nothing had been',
  async () => {
    const temporary = mmdebstrapFolders();
    const hosts = createHostsOnRemote({ 'specs/images/base.yaml': base });

    const host = createCrashSite(hosts);
    const killed = [await killWhile(host, { action: 'base/lock', program: 'apt-get' })];
    await expectFinished(host, killed);
    const warm = createCrashSite(hosts);
    shareFolders(host.host, warm.host, ['cache']);
    expect(await warm.host.run('reconcile')).toMatchObject({ exitCode: 0 });
    expect(catalogOf(host)).toEqual(catalogOf(warm));

    host.host.push('a child', { 'specs/images/child.yaml': child });
    const undisturbed = copyOfCrashSite(host);
    expect(await undisturbed.host.run('reconcile')).toMatchObject({ exitCode: 0 });
    const expected = catalogOf(undisturbed);

    // One host on which one run after another is killed; a copy of it then goes on to the end each time.
    const kills: readonly (() => Promise<KilledRun>)[] = [
      () => killWhile(host, { action: 'child/bootstrap', program: 'mmdebstrap' }),
      () => killWhile(host, { action: 'child/pack:qcow2', program: 'mke2fs' }),
      () => killWhile(host, { action: 'child/smoke:2', program: 'qemu-system' }),
      () => killWhilePublishing(host),
    ];
    for (const kill of kills) {
      killed.push(await kill());
      const next = copyOfCrashSite(host);
      await expectFinished(next, killed);
      expect(catalogOf(next)).toEqual(expected);
    }
    expect(killed.flatMap(({ finished }) => finished)).toEqual(
      expect.arrayContaining(['child/bootstrap', 'child/pack:qcow2', 'child/smoke:2']),
    );
    expect(mmdebstrapFolders()).toEqual(temporary);
  },
  timeoutMs,
);

/** Kills a reconcile with SIGKILL, and waits until its children are gone, whom nobody else ends. */
async function killWhile(site: CrashSite, { action, program }: Moment): Promise<KilledRun> {
  const run = startReconcile(site, {}, '--output', 'json');
  const { text, closed } = watch(run);
  await until(() => hasEnded(run) || eventsIn(text()).some((event) => isStart(event, action)));
  await until(() => hasEnded(run) || programsOf(site, run).some((line) => line.includes(program)));
  run.kill('SIGKILL');
  return killedRun(site, run, { text, closed });
}

/** The same in the middle of what `publish` writes to the store. */
async function killWhilePublishing(site: CrashSite): Promise<KilledRun> {
  const point = { KILL_WRITE: 'store rename', KILL_NUMBER: '2', KILL_MOMENT: 'after' };
  const run = startReconcile(site, point, '--output', 'json');
  return killedRun(site, run, watch(run));
}

async function killedRun(
  site: CrashSite,
  run: ChildProcess,
  { text, closed }: WatchedRun,
): Promise<KilledRun> {
  await closed;
  expect(run.signalCode, text()).toBe('SIGKILL');
  await until(() => programsOf(site, run).length === 0);
  return {
    scratchPrefix: scratchPrefixOf(run),
    finished: eventsIn(text()).flatMap((event) =>
      event.type === 'action-finished' &&
      event.result.status === 'succeeded' &&
      event.result.key !== undefined
        ? [shortName(event.action)]
        : [],
    ),
  };
}

/** The next run does nothing again that was finished, and leaves nothing behind, of itself or of those before it. */
async function expectFinished(site: CrashSite, killed: readonly KilledRun[]): Promise<void> {
  const next = startReconcile(site, {}, '--output', 'json');
  const { text, closed } = watch(next);
  await closed;
  expect(next.exitCode, text()).toBe(0);
  const again = eventsIn(text()).flatMap((event) =>
    event.type === 'action-finished' && event.result.status === 'succeeded' && !event.result.cached
      ? [shortName(event.action)]
      : [],
  );
  const finished = killed.flatMap((run) => run.finished);
  expect(again.filter((action) => finished.includes(action))).toEqual([]);
  const prefixes = [scratchPrefixOf(next), ...killed.map(({ scratchPrefix }) => scratchPrefix)];
  expect([site.host.folder, ...prefixes].flatMap(leftBehind)).toEqual([]);
  const scratch = readdirSync('/dev/shm').filter((name) =>
    prefixes.some((prefix) => name.startsWith(prefix)),
  );
  expect(scratch).toEqual([]);
  expect(leftovers(site)).toEqual([]);
  expect(unnamedBlobs(site.host)).toEqual([]);
  await expectSound(site, text());
}

function scratchPrefixOf({ pid }: ChildProcess): string {
  return `sandkiln-${pid}-`;
}

function programsOf({ host }: CrashSite, run: ChildProcess): readonly string[] {
  return [host.folder, scratchPrefixOf(run)].flatMap((mark) =>
    processesOf(mark).map(({ commandLine }) => commandLine),
  );
}

interface WatchedRun {
  /** What it said on its output so far. */
  text(): string;
  /** Once it has ended and everything that it said has come. */
  readonly closed: Promise<unknown>;
}

function watch(run: ChildProcess): WatchedRun {
  let text = '';
  run.stdout?.on('data', (chunk) => {
    text += String(chunk);
  });
  run.stderr?.resume();
  return { text: () => text, closed: once(run, 'close') };
}

/** The events of the whole lines of a text. */
function eventsIn(text: string): readonly Event[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function isStart(event: Event, action: string): boolean {
  return event.type === 'action-started' && shortName(event.action) === action;
}

/** `<image>/<stage>` */
function shortName(action: string): string {
  return action.split('/').slice(1).join('/');
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

/** Looks again and again: what is waited for happens in other processes. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) {
    await delay(10);
  }
}

function mmdebstrapFolders(): readonly string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('mmdebstrap'));
}
