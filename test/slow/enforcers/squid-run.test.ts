import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createSquidEnforcer } from '../../../src/adapters/enforcer/squid/squid-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { freePort } from '../../rig/free-port.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const enforcer = createSquidEnforcer({ processes: createProcessRunner() });

/** Every name that tests ask for is at 127.0.0.1, but for one whose address is denied. */
const names = ['a.org', 'q.a.org', 'r.q.a.org', 'bad.a.org', 'b.org', 'q.b.org', 'c.org', 'q.c.org', 'd.org'];
const more = ['q.d.org', 'r.q.d.org', 'evil.org'];

async function proxyWith(entries: (port: number) => readonly AllowEntry[]) {
  const server = createServer((_, response) => response.end('reached')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const served = typeof address === 'object' && address !== null ? address.port : 0;
  const [file] = expectValue(enforcer.compile(enforcerInput(entries(served)))).files;
  const folder = temporaryFolder();
  chmodSync(folder, 0o777);
  const port = await freePort();
  const at = (name: string) => join(folder, name);
  writeFileSync(
    at('hosts'),
    [`127.0.0.1 ${[...names, ...more].join(' ')}`, '127.0.0.9 inside.a.org', ''].join('\n'),
  );
  writeFileSync(at('lab.conf'), file?.bytes ?? '');
  writeFileSync(
    at('squid.conf'),
    [
      `http_port 127.0.0.1:${port}`,
      `hosts_file ${at('hosts')}`,
      'dns_nameservers 127.0.0.1',
      'pid_filename none',
      'cache deny all',
      'access_log none',
      'cache_log stdio:/dev/null',
      'pinger_enable off',
      'netdb_filename none',
      'shutdown_lifetime 0 seconds',
      `coredump_dir ${folder}`,
      `include ${at('lab.conf')}`,
      '',
    ].join('\n'),
  );
  const squid = spawn('squid', ['-N', '-d', '1', '-f', at('squid.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    squid.kill();
    await once(squid, 'close');
  });
  await new Promise<void>((resolve, reject) => {
    createInterface(squid.stderr).on('line', (line) => /Accepting HTTP/.test(line) && resolve());
    squid.once('close', () => reject(new Error('squid ended')));
  });
  // It says so shortly before it does.
  while (squid.exitCode === null && !(await accepts(port))) {}
  return {
    served,
    get: (host: string, of = served) => firstLine(port, `GET http://${host}:${of}/ HTTP/1.0\r\n\r\n`),
    tunnel: (host: string, of = served) => firstLine(port, `CONNECT ${host}:${of} HTTP/1.0\r\n\r\n`),
    ask: (request: string) => firstLine(port, request),
  };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  return await once(socket, 'connect').then(
    () => socket.destroy().destroyed,
    () => false,
  );
}

async function firstLine(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  for await (const line of createInterface(socket)) {
    socket.destroy();
    return line.split(' ')[1] ?? '';
  }
  return '';
}

describe('a proxy with the configuration of a list', () => {
  it('passes what is allowed and nothing else, asked for and through a tunnel', async () => {
    const { get, tunnel, ask, served } = await proxyWith((port) => {
      const rest = { protocols: ['tcp'] as const, ports: [{ first: port, last: port }] };
      return [
        allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }, rest),
        allowEntry({ kind: 'host', value: 'b.org' }, rest),
        allowEntry({ kind: 'subdomains', value: 'c.org' }, rest),
        allowEntry({ kind: 'oneLabel', value: 'd.org' }, rest),
        allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
        allowEntry({ kind: 'ip', value: '127.0.0.9' }, { effect: 'deny' }),
      ];
    });
    for (const host of ['a.org', 'q.a.org', 'r.q.a.org', 'A.ORG', 'b.org', 'q.c.org', 'q.d.org']) {
      expect([host, await get(host), await tunnel(host)]).toEqual([host, '200', '200']);
    }
    const denied = [
      'bad.a.org',
      'BAD.a.org',
      'bad.a.org.',
      'q.b.org',
      'c.org',
      'c.org.',
      'd.org',
      'r.q.d.org',
    ];
    const others = [
      'evil.org',
      'xa.org',
      'inside.a.org',
      '127.0.0.1',
      '127.1',
      '2130706433',
      '[::ffff:127.0.0.1]',
    ];
    for (const host of [...denied, ...others]) {
      expect([host, await get(host), await tunnel(host)]).toEqual([host, '403', '403']);
    }
    expect(await get('a.org', served + 1)).toBe('403');
    expect(await tunnel('a.org', 22)).toBe('403');
    expect(await ask(`GET ftp://a.org:${served}/ HTTP/1.0\r\n\r\n`)).toBe('403');
  });

  it('passes an allowed address where it is asked for, and no name for being at it', async () => {
    const { get, tunnel } = await proxyWith((port) => [
      allowEntry(
        { kind: 'cidr', value: '127.0.0.0/30' },
        { protocols: ['tcp'], ports: [{ first: port, last: port }] },
      ),
      allowEntry({ kind: 'cidr', value: '::/0' }, { protocols: ['tcp'] }),
    ]);
    expect([await get('127.0.0.1'), await tunnel('127.0.0.1')]).toEqual(['200', '200']);
    for (const host of ['a.org', '127.0.0.9', '[::ffff:127.0.0.9]']) {
      expect([host, await get(host), await tunnel(host)]).toEqual([host, '403', '403']);
    }
  });
});
