import { readdirSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveGit } from '../../rig/git-http-server.ts';
import { createHostsOnRemote, type HostsOnRemote, type RemoteHost } from '../../rig/hosts-on-remote.ts';
import { leftBehind } from '../../rig/left-behind.ts';
import { quickImageText } from '../../rig/quick-images.ts';

const timeoutMs = 600_000;
const imageName = (index: number) => `image-${String(index).padStart(2, '0')}`;

/** A remote with one spec for each host, and hosts that have cloned it. */
function raceOf(count: number): { readonly hosts: HostsOnRemote; readonly racers: readonly RemoteHost[] } {
  const names = Array.from({ length: count }, (_, index) => imageName(index));
  const hosts = createHostsOnRemote(
    Object.fromEntries(names.map((name) => [`specs/images/${name}.yaml`, quickImageText(name)])),
  );
  return { hosts, racers: names.map(() => hosts.host()) };
}

/** All reconcile at once, each its own image. */
async function race(racers: readonly RemoteHost[], ...words: readonly string[]): Promise<void> {
  const ends = await Promise.all(
    racers.map((racer, index) => racer.run('reconcile', '--target', imageName(index), ...words)),
  );
  for (const [index, { exitCode, stdout, stderr }] of ends.entries()) {
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(new RegExp(`^${imageName(index)} +built +1\\.0\\.0\\+1\n`));
  }
}

interface RunRecord {
  readonly id: string;
  readonly images: readonly { readonly name: string; readonly outcome: string; readonly version: string }[];
  readonly writeBack: { readonly attempt: number };
}

/** What must hold of the remote after every race, whatever went wrong on the way. */
async function expectEveryResultOnce(hosts: HostsOnRemote, count: number): Promise<readonly RunRecord[]> {
  expect(hosts.git('rev-list', '--count', 'main')).toBe(String(1 + count));
  expect(hosts.git('rev-list', '--merges', 'main')).toBe('');
  const commits = hosts.git('rev-list', '--reverse', 'main').split('\n').slice(1);
  const counters = commits.map((commit) => headCounter(hosts.git('show', `${commit}:catalog/head.json`)));
  expect(counters).toEqual(commits.map((_, index) => index + 1));

  const runs = hosts
    .git('ls-tree', '-r', '--name-only', 'main', 'catalog/runs')
    .split('\n')
    .map((path): RunRecord => JSON.parse(hosts.git('show', `main:${path}`)));
  const recorded = runs.flatMap(({ images }) =>
    images.map(({ name, outcome, version }) => [name, outcome, version]),
  );
  expect(recorded.toSorted()).toEqual(commits.map((_, index) => [imageName(index), 'built', '1.0.0+1']));
  expect(hosts.builds()).toBe(count);
  const judge = hosts.host();
  const verified = await judge.run('verify', '--full');
  expect(verified.exitCode, verified.stderr).toBe(0);
  expect(hosts.git('fsck', '--strict', '--no-dangling')).toBe('');
  return runs;
}

/** The head is a signed envelope (DSSE); what it says is its payload. */
function headCounter(text: string): number {
  const { payload } = JSON.parse(text);
  return JSON.parse(Buffer.from(payload, 'base64').toString()).predicate.counter;
}

/** Refs, locks, scratch and processes; the fence is the one ref that stays. */
function expectNothingLeft(hosts: HostsOnRemote, racers: readonly RemoteHost[]): void {
  expect(hosts.git('for-each-ref', 'refs/sandkiln/leases')).toBe('');
  for (const folder of [hosts.remote, ...racers.map((racer) => racer.folder)]) {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(
      names.filter((name) => /\.lock$|tmp_|\.new$|scratch\/./.test(name) && !name.endsWith('run.lock')),
    ).toEqual([]);
    expect(leftBehind(folder)).toEqual([]);
  }
  for (const racer of racers) {
    expect(racer.git('status', '--porcelain')).toBe('');
  }
}

test(
  'twenty reconcilers on one remote of files lose nothing',
  async () => {
    const { hosts, racers } = raceOf(20);
    await race(racers);
    const runs = await expectEveryResultOnce(hosts, 20);
    expect(Math.max(...runs.map(({ writeBack }) => writeBack.attempt))).toBeGreaterThan(1);
    expectNothingLeft(hosts, racers);
  },
  timeoutMs,
);

/** What the proxy does with a request; requests that are not named go through. */
type Fault = 'none' | 'delay' | 'drop before' | 'drop after' | 'refuse';
const pushFaults: readonly Fault[] = [
  'drop after',
  'none',
  'drop before',
  'delay',
  'refuse',
  'none',
  'drop after',
];
const lookFaults: readonly Fault[] = [
  'none',
  'delay',
  'refuse',
  'none',
  'drop before',
  'none',
  'none',
  'none',
];

/**
 * Deals faults out in turn to the pushes of a host and to its requests before them, each as often as the list has it. The
 * first folder of an address is the host, so that none has more bad luck than its lists, whatever the others do.
 */
function createFaults(happened: Map<Fault, number>) {
  const pushes = new Map<string, number>();
  const looks = new Map<string, number>();
  return async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const [, host = '', address = ''] = /^\/([^/]+)(\/.*)$/.exec(request.url ?? '') ?? [];
    request.url = address;
    const isPush = request.method === 'POST' && address.endsWith('/git-receive-pack');
    const fault = isPush ? nextOf(pushFaults, pushes, host) : nextOf(lookFaults, looks, host);
    happened.set(fault, (happened.get(fault) ?? 0) + 1);
    switch (fault) {
      case 'none':
        return false;
      case 'delay':
        await new Promise((resolve) => setTimeout(resolve, 300));
        return false;
      case 'drop before':
        request.socket.destroy();
        return true;
      case 'drop after':
        // The server works to its end, and nobody hears of it.
        response.write = () => true;
        response.end = () => response.destroy();
        return false;
      case 'refuse':
        response.writeHead(503).end();
        return true;
    }
  };
}

/** The next fault of a host; hosts begin at different places of the list. */
function nextOf(faults: readonly Fault[], turns: Map<string, number>, host: string): Fault {
  const turn = turns.get(host) ?? Number.parseInt(host.replace(/^\D+/, ''), 10);
  turns.set(host, turn + 1);
  return faults[turn % faults.length] ?? 'none';
}

test(
  'eight reconcilers over http lose nothing to delays, lost connections and refusals',
  async () => {
    const { hosts, racers } = raceOf(8);
    const happened = new Map<Fault, number>();
    const server = await serveGit(dirname(hosts.remote), {
      transport: 'http',
      intercept: createFaults(happened),
    });
    onTestFinished(() => server[Symbol.asyncDispose]());
    for (const [index, racer] of racers.entries()) {
      racer.git('remote', 'set-url', 'origin', `${server.url}/${imageName(index)}/remote.git`);
    }
    await race(racers);
    expect([...happened.keys()].toSorted()).toEqual(['delay', 'drop after', 'drop before', 'none', 'refuse']);
    await expectEveryResultOnce(hosts, 8);
    expectNothingLeft(hosts, racers);
  },
  timeoutMs,
);
