import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { serveGit } from '../rig/git-http-server.ts';
import { createHostsOnRemote, type HostsOnRemote, type RemoteHost } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

type Fault = (request: IncomingMessage, response: ServerResponse) => void;

const faults = {
  'that is overloaded': (_request, response) => void response.writeHead(503).end(),
  'that fails': (_request, response) => void response.writeHead(500).end(),
  'that cuts the connection': (request) => void request.socket.destroy(),
  'that does not answer': () => undefined,
  'that forbids it': (_request, response) => void response.writeHead(403).end(),
} as const satisfies Record<string, Fault>;

interface Unreachable {
  readonly hosts: HostsOnRemote;
  readonly host: RemoteHost;
  /** Questions for refs so far: each fetch and push begins with one. */
  asked(): number;
}

/** A host whose remote is behind a server that fails each conversation up to a number of them. */
async function serveFailing(fault: Fault, times: number): Promise<Unreachable> {
  const hosts = createHostsOnRemote({ 'specs/images/base.yaml': quickImageText('base') });
  const host = hosts.host();
  let asked = 0;
  const server = await serveGit(dirname(hosts.remote), {
    transport: 'http',
    intercept(request, response) {
      asked += request.url?.includes('/info/refs') === true ? 1 : 0;
      if (asked > times) {
        return false;
      }
      fault(request, response);
      return true;
    },
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  host.git('remote', 'set-url', 'origin', `${server.url}/remote.git`);
  return { hosts, host, asked: () => asked };
}

test.each([
  ['that is overloaded', 'SK2103'],
  ['that fails', 'SK2103'],
  ['that cuts the connection', 'SK2103'],
  ['that does not answer', 'SK2104'],
] as const)(
  'a remote %s for a while is waited for, and that is told',
  async (what, code) => {
    const { host, hosts } = await serveFailing(faults[what], 2);
    const { exitCode, stdout, stderr } = await host.run('reconcile', '--remote-timeout', '1s');
    expect([exitCode, stderr.split(`note ${code}`).length - 1], stderr).toEqual([0, 1]);
    expect(stdout).toMatch(/reconcile: 1 built, 0 failed; commit /);
    expect(hosts.git('rev-parse', 'main')).toBe(host.git('rev-parse', 'main'));
  },
  60_000,
);

test('a remote that does not come back ends it when --push-timeout is over, before anything is built', async () => {
  const { host, hosts, asked } = await serveFailing(faults['that is overloaded'], Number.POSITIVE_INFINITY);
  const { exitCode, stdout, stderr } = await host.run('reconcile', '--push-timeout', '1s');
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toContain('error SK2103');
  expect(asked()).toBeGreaterThan(2);
  expect(hosts.builder.asked()).toEqual([]);
}, 60_000);

test('a remote that says no is not asked again', async () => {
  const { host, asked } = await serveFailing(faults['that forbids it'], Number.POSITIVE_INFINITY);
  const { exitCode, stderr } = await host.run('reconcile');
  expect([exitCode, asked()], stderr).toEqual([1, 1]);
  expect(stderr).toContain('error SK2108');
}, 60_000);

test('a burst is waited for and proposals are looked for in spite of failures', async () => {
  const { host, hosts } = await serveFailing(faults['that cuts the connection'], 2);
  const coalesced = await host.run('reconcile', '--coalesce', '1s', '--pull-request');
  expect(coalesced.exitCode, coalesced.stderr).toBe(0);
  expect(hosts.git('rev-parse', 'sandkiln/records')).not.toBe(hosts.git('rev-parse', 'main'));
}, 60_000);
