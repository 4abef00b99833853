import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { AllowEntry } from '../../../src/model/allow-list.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { applyRequest, testLiveEnforcer } from '../../rig/live-enforcer.ts';
import {
  type SandboxAndWorld,
  sandboxBehindRouter,
  sandboxInNamespace,
  worldAddresses,
} from '../../rig/network-namespaces.ts';
import { startTalker } from '../../rig/talker.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const echo = [{ first: 7000, last: 7000 }];

function allowed(value: string, rest: Partial<AllowEntry> = {}): AllowEntry {
  return allowEntry({ kind: value.includes('/') ? 'cidr' : 'ip', value }, { ports: echo, ...rest });
}

async function started(place: SandboxAndWorld) {
  const world = startTalker(place.world);
  const sandbox = startTalker(place.sandbox);
  await world('serve', { addresses: worldAddresses, ports: [7000, 7001] });
  const live = testLiveEnforcer(temporaryFolder());
  const path = place.pathOf(place.judgedIn);
  const reach = (protocol: 'tcp' | 'udp', address: string, port = 7000) =>
    sandbox('reach', { protocol, address, port });
  return { ...place, talk: sandbox, live, path, reach };
}

describe.each([
  ['leave its own namespace', sandboxInNamespace],
  ['pass a router', sandboxBehindRouter],
])('packets that %s', (_, place) => {
  it('reach what is allowed by address, protocol and port, and nothing else', async () => {
    const { live, path, reach } = await started(place());
    const entries = [
      allowed('198.51.100.1'),
      allowed('198.51.100.4/31', { protocols: ['tcp'] }),
      allowed('198.51.100.5', { effect: 'deny' }),
      allowed('2001:db8::1'),
    ];
    expect(await reach('tcp', '198.51.100.9')).toBe('reached');
    expectValue(await live.apply(applyRequest(path, entries)));
    for (const protocol of ['tcp', 'udp'] as const) {
      expect(await reach(protocol, '198.51.100.1')).toBe('reached');
      expect(await reach(protocol, '2001:db8::1')).toBe('reached');
      for (const address of ['198.51.100.2', '198.51.100.5', '198.51.100.9', '2001:db8::2']) {
        expect(await reach(protocol, address), `${protocol} ${address}`).not.toBe('reached');
      }
      expect(await reach(protocol, '198.51.100.1', 7001)).not.toBe('reached');
    }
    expect(await reach('tcp', '198.51.100.4')).toBe('reached');
    expect(await reach('udp', '198.51.100.4')).not.toBe('reached');
  });

  it('never leak while lists are swapped fifty times, and allowed connections go on', async () => {
    const { live, path, talk, run, world } = await started(place());
    const lists = [
      [allowed('198.51.100.1'), allowed('198.51.100.2')],
      [allowed('198.51.100.1'), allowed('198.51.100.4/31', { protocols: ['tcp'] })],
      [
        allowed('198.51.100.0/29', { effect: 'allow' }),
        allowed('198.51.100.3', { ports: [{ first: 1, last: 9 }] }),
      ],
    ];
    run(
      world,
      'nft',
      'table inet seen { chain input { type filter hook prerouting priority -300; ip daddr 198.51.100.9 counter; }; }',
    );
    expectValue(await live.apply(applyRequest(path, lists[0] ?? [])));
    await talk('hammer', { denied: '198.51.100.9', allowed: '198.51.100.1', port: 7000 });
    await talk('hold', { key: 'allowed', address: '198.51.100.1', port: 7000 });
    for (let revision = 2; revision <= 51; revision++) {
      const entries = lists[revision % lists.length] ?? [];
      if (revision % 5 === 0) {
        // Something that others did makes the applier write the whole table.
        run(path.replace('/run/netns/', ''), 'nft', 'add', 'rule', 'inet', 'sandkiln-lab', 'to', 'counter');
      }
      const applied = expectValue(await live.apply(applyRequest(path, entries, { revision })));
      expect(applied.change).toBe(revision % 5 === 0 ? 'replace' : 'delta');
      expect(await talk('say', { key: 'allowed' })).toBe('echoed');
    }
    const { answered, lost } = (await talk('rest')) as Record<string, number>;
    expect(run(world, 'nft', 'list', 'table', 'inet', 'seen')).toContain('counter packets 0 bytes 0');
    // What is judged in the moment of a swap may be lost, and is sent again; never is it answered by a refusal.
    expect(lost).toBeLessThan(10);
    expect(answered).toBeGreaterThan(50);
  });

  it('of a live connection stop when its destination is removed', async () => {
    const { live, path, talk, run } = await started(place());
    const both = [allowed('198.51.100.1'), allowed('198.51.100.2')];
    expectValue(await live.apply(applyRequest(path, both)));
    for (const address of ['198.51.100.1', '198.51.100.2']) {
      expect(await talk('hold', { key: address, address, port: 7000 })).toBe('held');
      expect(await talk('say', { key: address })).toBe('echoed');
    }
    const { endedConnections } = expectValue(
      await live.apply(applyRequest(path, both.slice(0, 1), { revision: 2 })),
    );
    expect(endedConnections).toBe(1);
    expect(run(path.replace('/run/netns/', ''), 'conntrack', '-L', '-d', '198.51.100.2')).toBe('');
    expect(await talk('say', { key: '198.51.100.2' })).toBe('ended');
    expect(await talk('say', { key: '198.51.100.1' })).toBe('echoed');
  });

  it('stop when an entry ends, without anybody applying anything', async () => {
    const { live, path, reach, talk } = await started(place());
    const soon = new Date(Date.now() + 5000).toISOString();
    expectValue(await live.apply(applyRequest(path, [allowed('198.51.100.1', { expiresAt: soon })])));
    expect(await talk('hold', { key: 'a', address: '198.51.100.1', port: 7000 })).toBe('held');
    for (;;) {
      const askedAtMs = Date.now();
      if ((await reach('tcp', '198.51.100.1')) !== 'reached') {
        break;
      }
      expect(askedAtMs).toBeLessThan(Date.parse(soon));
    }
    expect(await talk('say', { key: 'a' })).toBe('ended');
  });
});

describe('a machine behind the judging namespace', () => {
  it('reaches nobody by naming an allowed address as its own', async () => {
    const place = sandboxBehindRouter();
    const { live, path, run, sandbox, world } = await started(place);
    expectValue(await live.apply(applyRequest(path, [allowed('198.51.100.1')])));
    run(
      world,
      'nft',
      'table inet seen { chain input { type filter hook prerouting priority -300; ip daddr 198.51.100.9 counter; }; }',
    );
    // As if 198.51.100.9 had asked 198.51.100.1, then as if that one answered.
    run(sandbox, 'ip', 'address', 'add', '198.51.100.9/32', 'dev', 'lo');
    run(sandbox, process.execPath, '-e', sendFrom('198.51.100.9', 7009, '198.51.100.1', 7000));
    run(sandbox, 'ip', 'address', 'del', '198.51.100.9/32', 'dev', 'lo');
    run(sandbox, 'ip', 'address', 'add', '198.51.100.1/32', 'dev', 'lo');
    run(sandbox, process.execPath, '-e', sendFrom('198.51.100.1', 7000, '198.51.100.9', 7009));
    expect(run(world, 'nft', 'list', 'table', 'inet', 'seen')).toContain('counter packets 0 bytes 0');
  });
});

describe('applying', () => {
  it('changes nothing the second time, and repairs what others changed', async () => {
    const { live, path, run, sandbox } = await started(sandboxInNamespace());
    const request = applyRequest(path, [allowed('198.51.100.1'), allowed('198.51.100.4/30')]);
    const { namespacePath, input, timeoutMs } = request;
    const place = { namespacePath, list: 'lab', timeoutMs };
    expect(expectValue(await live.read(place))).toEqual({ state: 'absent' });
    expect(expectValue(await live.dryRun(request))).toMatchObject({ change: 'replace', added: 2 });
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs }))).toEqual({
      live: { state: 'absent' },
      allowedOnlyByKernel: [],
      allowedOnlyByList: [],
      inStep: false,
    });
    expect(expectValue(await live.apply(request)).change).toBe('replace');
    expect(expectValue(await live.apply(request)).change).toBe('none');
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs })).inStep).toBe(true);

    run(sandbox, 'nft', 'add element inet sandkiln-lab tcp_udp_7000_hosts4 { 198.51.100.9 }');
    run(sandbox, 'nft', 'delete element inet sandkiln-lab tcp_udp_7000_hosts4 { 198.51.100.1 }');
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs }))).toMatchObject({
      inStep: false,
      allowedOnlyByKernel: ['tcp/7000 198.51.100.9', 'udp/7000 198.51.100.9'],
      allowedOnlyByList: ['tcp/7000 198.51.100.1', 'udp/7000 198.51.100.1'],
    });
    expect(expectValue(await live.apply(request))).toMatchObject({ change: 'delta', added: 1, removed: 1 });

    run(sandbox, 'nft', 'insert rule inet sandkiln-lab output accept');
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs }))).toMatchObject({
      inStep: false,
      live: { state: 'changed by others' },
    });
    expect(expectValue(await live.apply(request)).change).toBe('replace');
    expect(expectValue(await live.drift({ namespacePath, input, timeoutMs })).inStep).toBe(true);

    expectValue(await live.remove(place));
    expectValue(await live.remove(place));
    expect(expectValue(await live.read(place))).toEqual({ state: 'absent' });
  });

  it('refuses older and expired heads, whether the kernel or the state folder remembers', async () => {
    const { path, run, sandbox } = await started(sandboxInNamespace());
    const folder = temporaryFolder();
    const live = testLiveEnforcer(folder);
    const entries = [allowed('198.51.100.1')];
    expectValue(await live.apply(applyRequest(path, entries, { counter: 5 })));
    expect(expectCodes(await live.apply(applyRequest(path, [], { counter: 4 })))).toEqual(['SK7303']);
    const forgetful = testLiveEnforcer(temporaryFolder());
    expect(expectCodes(await forgetful.apply(applyRequest(path, [], { counter: 4 })))).toEqual(['SK7303']);
    run(sandbox, 'nft', 'flush', 'ruleset');
    expect(expectCodes(await live.apply(applyRequest(path, [], { counter: 4 })))).toEqual(['SK7303']);
    const request = applyRequest(path, entries, { counter: 6 });
    const late = { ...request, head: { counter: 6, expiresAt: '2026-01-01T00:00:00Z' } };
    expect(expectCodes(await live.apply(late))).toEqual(['SK7304']);
    expectValue(await live.apply(request));
  });

  it('lets one applier at a time into a namespace', async () => {
    const { path } = await started(sandboxInNamespace());
    const folder = temporaryFolder();
    const entries = Array.from({ length: 20_000 }, (_, index) =>
      allowed(`20.0.${Math.floor(index / 256)}.${index % 256}`),
    );
    const [one, other] = await Promise.all([
      testLiveEnforcer(folder).apply(applyRequest(path, entries)),
      testLiveEnforcer(folder).apply(applyRequest(path, entries)),
    ]);
    const refused = one.ok ? other : one;
    expect(one.ok || other.ok).toBe(true);
    expect(expectCodes(refused)).toEqual(['SK7305']);
  });

  it('leaves the old list in force where the kernel does not take the new one', async () => {
    const { live, path, reach } = await started(sandboxInNamespace());
    expectValue(await live.apply(applyRequest(path, [allowed('198.51.100.1')])));
    const folder = temporaryFolder();
    writeFileSync(
      join(folder, 'nft'),
      '#!/bin/sh\ncase "$*" in "--file -") echo no memory >&2; exit 1;; esac\nexec /usr/sbin/nft "$@"\n',
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
    const next = applyRequest(path, [allowed('198.51.100.2')], { revision: 2 });
    const failed = expectDiagnostic(await live.apply(next));
    vi.unstubAllEnvs();
    expect(failed).toMatchObject({ code: 'SK7302', message: expect.stringContaining('no memory') });
    expect(await reach('tcp', '198.51.100.1')).toBe('reached');
    expect(await reach('tcp', '198.51.100.2')).not.toBe('reached');
    expectValue(await live.apply(next));
    expect(await reach('tcp', '198.51.100.2')).toBe('reached');
  });

  it('does not take a counter that it cannot read for none', async () => {
    const { path } = await started(sandboxInNamespace());
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'lab.head.json'), 'garbage');
    const live = testLiveEnforcer(folder);
    expect(expectCodes(await live.apply(applyRequest(path, [])))).toEqual(['SK7308']);
  });

  it('says which namespace cannot be entered', async () => {
    const live = testLiveEnforcer(temporaryFolder());
    expect(expectCodes(await live.apply(applyRequest('/run/netns/no-such-namespace', [])))).toEqual([
      'SK7301',
    ]);
    expect(expectCodes(await live.apply(applyRequest('/etc/hostname', [])))).toEqual(['SK7301']);
  });
});

function sendFrom(address: string, port: number, to: string, toPort: number): string {
  return `const s = require('node:dgram').createSocket('udp4');
    s.on('error', () => s.close());
    s.bind(${port}, '${address}', () => s.send('x', ${toPort}, '${to}', () => s.close()));`;
}
