import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AllowEntry, NameMatchKind } from '../../../src/model/allow-list.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { applyRequest, testLiveEnforcer } from '../../rig/live-enforcer.ts';
import { sandboxInNamespace, worldAddresses } from '../../rig/network-namespaces.ts';
import { startTalker } from '../../rig/talker.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const echo = [{ first: 7000, last: 7000 }];

function named(kind: NameMatchKind, value: string, rest: Partial<AllowEntry> = {}): AllowEntry {
  return allowEntry({ kind, value }, { ports: echo, ...rest });
}

/** A user that exists everywhere and that no other program of the test is. */
const user = {
  name: 'nobody',
  id: Number(/^nobody:[^:]*:(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8'))?.[1]),
};

async function started(names: Readonly<Record<string, string>>) {
  const place = sandboxInNamespace();
  const world = startTalker(place.world);
  const sandbox = startTalker(place.sandbox);
  await world('serve', { addresses: worldAddresses, ports: [7000, 7001] });
  await world('resolveFor', { address: '10.77.0.2', names });
  const folder = temporaryFolder();
  const live = testLiveEnforcer(folder, {
    resolver: {
      upstreams: [{ address: '10.77.0.2', port: 53 }],
      listen: ['127.0.0.1'],
      port: 53,
      user,
    },
  });
  const path = place.pathOf(place.sandbox);
  onTestFinished(async () => {
    await live.remove({ namespacePath: path, list: 'lab', timeoutMs: 60_000 });
  });
  return {
    ...place,
    live,
    path,
    folder,
    talk: sandbox,
    resolve: (name: string) => sandbox('resolve', { name, server: '127.0.0.1' }),
    reach: (address: string, port = 7000) => sandbox('reach', { protocol: 'tcp', address, port }),
  };
}

describe('names', () => {
  it('resolve where the list allows them, and only then their addresses are reached', async () => {
    const { live, path, talk, resolve, reach } = await started({
      'host.example': '198.51.100.1',
      'below.host.example': '198.51.100.2',
      'tree.example': '198.51.100.3',
      'a.b.tree.example': '198.51.100.4',
      'denied.tree.example': '198.51.100.5',
      'x.denied.tree.example': '198.51.100.6',
      'sub.example': '198.51.100.7',
      'a.sub.example': '198.51.100.8',
      'rebound.tree.example': '10.77.0.2',
    });
    const request = applyRequest(path, [
      named('host', 'host.example'),
      named('apexAndSubdomains', 'tree.example'),
      named('apexAndSubdomains', 'denied.tree.example', { effect: 'deny' }),
      named('subdomains', 'sub.example'),
      allowEntry({ kind: 'cidr', value: '10.0.0.0/8' }, { effect: 'deny' }),
    ]);
    expect(expectValue(await live.apply(request)).losses).toEqual([]);
    expect(await reach('198.51.100.1')).not.toBe('reached');
    for (const [name, address] of [
      ['host.example', '198.51.100.1'],
      ['tree.example', '198.51.100.3'],
      ['a.b.tree.example', '198.51.100.4'],
      ['a.sub.example', '198.51.100.8'],
    ] as const) {
      expect(await resolve(name), name).toEqual([address]);
      expect(await reach(address), name).toBe('reached');
      expect(await reach(address, 7001), name).not.toBe('reached');
    }
    for (const name of [
      'below.host.example',
      'denied.tree.example',
      'x.denied.tree.example',
      'sub.example',
      'other.example',
    ]) {
      expect(await resolve(name), name).toBeTypeOf('string');
    }
    for (const last of [2, 5, 6, 7, 9]) {
      expect(await reach(`198.51.100.${last}`)).not.toBe('reached');
    }
    expect(await resolve('rebound.tree.example')).toEqual(['10.77.0.2']);
    expect(await reach('10.77.0.2')).not.toBe('reached');
    expect(await talk('resolve', { name: 'host.example', server: '10.77.0.2' })).toBeTypeOf('string');
    const { namespacePath, input, timeoutMs } = request;
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs }))).toMatchObject({
      inStep: true,
      live: { resolver: 'runs' },
    });
  });

  it('one label deep resolve there and no deeper', async () => {
    const { live, path, folder, resolve, reach } = await started({
      'one.example': '198.51.100.1',
      'a.one.example': '198.51.100.2',
      'b.a.one.example': '198.51.100.3',
      'host.example': '198.51.100.4',
    });
    const request = applyRequest(path, [named('oneLabel', 'one.example'), named('host', 'host.example')]);
    expect(expectValue(await live.apply(request)).losses).toEqual([]);
    expect(await resolve('a.one.example')).toEqual(['198.51.100.2']);
    expect(await resolve('host.example')).toEqual(['198.51.100.4']);
    expect(await reach('198.51.100.2')).toBe('reached');
    for (const name of ['one.example', 'b.a.one.example', 'a.host.example']) {
      expect(await resolve(name), name).toBeTypeOf('string');
    }
    const { namespacePath, input, timeoutMs } = request;
    const withoutResolver = testLiveEnforcer(folder);
    expect(expectValue(await withoutResolver.drift({ namespacePath, input, timeoutMs }))).toMatchObject({
      inStep: false,
      live: { state: 'behind a resolver' },
    });
  });

  it('do not resolve where something else has their address, while the rest of the list is in force', async () => {
    const { live, path, talk, resolve, reach } = await started({});
    await talk('resolveFor', { address: '127.0.0.1', names: { 'host.example': '198.51.100.9' } });
    const request = applyRequest(path, [
      named('host', 'host.example'),
      allowEntry({ kind: 'ip', value: '198.51.100.1' }, { ports: echo }),
    ]);
    expect(expectCodes(await live.apply(request))).toEqual(['SK7306']);
    expect(await reach('198.51.100.1')).toBe('reached');
    expect(await resolve('host.example')).toEqual(['198.51.100.9']);
    expect(await reach('198.51.100.9')).not.toBe('reached');
    const { namespacePath, input, timeoutMs } = request;
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs })).inStep).toBe(false);
  });

  it('that are removed take what was learned and its connections along; other changes do not', async () => {
    const { live, path, talk, resolve, folder } = await started({
      'kept.example': '198.51.100.1',
      'removed.example': '198.51.100.2',
    });
    const both = [named('host', 'kept.example'), named('host', 'removed.example')];
    const beside = allowEntry({ kind: 'ip', value: '198.51.100.9' }, { ports: echo });
    expect(expectValue(await live.apply(applyRequest(path, both))).restartsResolver).toBe(true);
    for (const [name, address] of [
      ['kept.example', '198.51.100.1'],
      ['removed.example', '198.51.100.2'],
    ] as const) {
      expect(await resolve(name)).toEqual([address]);
      await talk('hold', { key: name, address, port: 7000 });
      expect(await talk('say', { key: name })).toBe('echoed');
    }
    const second = expectValue(await live.apply(applyRequest(path, [...both, beside], { revision: 2 })));
    expect(second).toMatchObject({ change: 'delta', restartsResolver: false, endedConnections: 0 });
    expect(await talk('say', { key: 'removed.example' })).toBe('echoed');

    const added = [...both, beside, named('host', 'other.example')];
    const more = expectValue(await live.apply(applyRequest(path, added, { revision: 2 })));
    expect(more).toMatchObject({ restartsResolver: true, forgetsLearned: false, endedConnections: 0 });
    expect(await talk('say', { key: 'kept.example' })).toBe('echoed');

    const third = expectValue(
      await live.apply(applyRequest(path, [...both.slice(0, 1), beside], { revision: 3 })),
    );
    expect(third).toMatchObject({ forgetsLearned: true, endedConnections: 2 });
    expect(await talk('say', { key: 'removed.example' })).toBe('ended');
    expect(await resolve('removed.example')).toBeTypeOf('string');
    expect(await resolve('kept.example')).toEqual(['198.51.100.1']);
    expect(await talk('reach', { protocol: 'tcp', address: '198.51.100.1', port: 7000 })).toBe('reached');

    const resolvers = readdirSync('/proc').filter((pid) =>
      commandLine(pid).includes(`--conf-file=${folder}/`),
    );
    expect(resolvers).toHaveLength(1);
    process.kill(Number(resolvers[0]), 'SIGKILL');
    const { namespacePath, input, timeoutMs } = applyRequest(path, [...both.slice(0, 1), beside], {
      revision: 3,
    });
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs }))).toMatchObject({
      inStep: false,
      live: { resolver: 'stopped' },
    });
    expectValue(await live.apply(applyRequest(path, [...both.slice(0, 1), beside], { revision: 3 })));
    expect(await resolve('kept.example')).toEqual(['198.51.100.1']);
  });
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
