import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDnsmasqEnforcer } from '../../../../src/adapters/enforcer/dnsmasq/dnsmasq-enforcer.ts';
import { createProcessRunner } from '../../../../src/adapters/process/child-processes.ts';
import type { AllowEntry, NameMatchKind } from '../../../../src/model/allow-list.ts';
import { allowEntry, anyEntries } from '../../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../../rig/expect-result.ts';
import { testWorkContext } from '../../../rig/work-context.ts';

const enforcer = createDnsmasqEnforcer({
  processes: createProcessRunner(),
  resolver: {
    upstreams: [{ address: '192.0.2.53', port: 53 }],
    listen: ['127.0.0.1'],
    port: 53,
    user: { name: 'nobody', id: 65_534 },
  },
});
const web = { protocols: ['tcp'] as const, ports: [{ first: 443, last: 443 }] };

function named(kind: NameMatchKind, value: string, rest: Partial<AllowEntry> = {}): AllowEntry {
  return allowEntry({ kind, value }, { ...web, ...rest });
}

/** The lines about names. */
function linesOf(entries: readonly AllowEntry[]): readonly string[] {
  const [conf] = expectValue(enforcer.compile(enforcerInput(entries))).files;
  return Buffer.from(conf?.bytes ?? [])
    .toString()
    .split('\n')
    .filter((line) => line.includes('/') && !line.startsWith('#'))
    .map((line) => line.replace(/#inet.*$/, ''));
}

describe('a configuration of dnsmasq', () => {
  it.each([
    [
      'a host',
      [named('host', 'a.example')],
      ['server=/a.example/192.0.2.53#53', 'local=/*.a.example/', 'nftset=/a.example/4'],
    ],
    [
      'subdomains',
      [named('subdomains', 'a.example')],
      ['local=/a.example/', 'server=/*.a.example/192.0.2.53#53', 'nftset=/a.example/4'],
    ],
    [
      'both',
      [named('apexAndSubdomains', 'a.example')],
      ['server=/a.example/192.0.2.53#53', 'nftset=/a.example/4'],
    ],
    [
      'a denied host inside',
      [named('apexAndSubdomains', 'a.example'), named('host', 'x.a.example', { effect: 'deny' })],
      [
        'server=/a.example/192.0.2.53#53',
        'nftset=/a.example/4',
        'local=/x.a.example/',
        'server=/*.x.a.example/192.0.2.53#53',
        'nftset=/x.a.example/4',
      ],
    ],
    [
      'one label',
      [named('oneLabel', 'a.example')],
      [
        'local=/a.example/',
        'server=/*.a.example/192.0.2.53#53',
        'nftset=/a.example/4',
        'connmark-allowlist=1073741824/1073741824,*.a.example',
      ],
    ],
  ])('says %s exactly', (_, entries, lines) => {
    expect(linesOf(entries)).toEqual(lines);
    expect(expectValue(enforcer.compile(enforcerInput(entries))).losses).toEqual([]);
    expect(unfaithfulness(enforcer, enforcerInput(entries))).toEqual({ widened: [], keptQuiet: [] });
  });

  it.each([
    [
      'one label beside names of any depth',
      [named('oneLabel', 'a.example'), named('subdomains', 'b.example')],
      [['a.example', 'omitted']],
    ],
    [
      'a name and what is below it with different ports',
      [named('host', 'a.example', { ports: [{ first: 80, last: 443 }] }), named('subdomains', 'a.example')],
      [['a.example', 'narrowed']],
    ],
    [
      'names that end',
      [named('host', 'a.example', { expiresAt: '2027-01-31T00:00:00Z' })],
      [['a.example', 'omitted']],
    ],
  ])('reports what it cannot say: %s', (_, entries, lost) => {
    const { losses } = expectValue(enforcer.compile(enforcerInput(entries)));
    expect(losses.map(({ entry, kind }) => [entry.match.value, kind])).toEqual(lost);
  });

  it('refuses a list that denies a name which it cannot write, since that name would resolve', () => {
    const entries = [named('subdomains', 'example'), named('host', 'a*b.example', { effect: 'deny' })];
    expect(expectCodes(enforcer.compile(enforcerInput(entries)))).toEqual(['SK7210']);
  });

  it.each([
    ['a server for everything', 'no-resolv\n', 'no-resolv\nserver=192.0.2.53\n'],
    ['a cache', 'cache-size=0', 'cache-size=150'],
    ['another server', 'server=/a.example/192.0.2.53#53', 'server=/a.example/192.0.2.54#53'],
    ['another set', '#sandkiln-lab#learned_tcp_443_4', '#others#all'],
  ])('is not taken for ours with %s in it', (_, ours, others) => {
    const [conf, nft] = expectValue(
      enforcer.compile(enforcerInput([named('apexAndSubdomains', 'a.example')])),
    ).files;
    const text = Buffer.from(conf?.bytes ?? []).toString();
    expect(text).toContain(ours);
    const changed = { name: 'lab.dnsmasq.conf', bytes: Buffer.from(text.replace(ours, others)) };
    expect(expectCodes(enforcer.readBack(nft === undefined ? [] : [changed, nft]))).toEqual(['SK7211']);
  });

  it('is accepted by dnsmasq and nft, whatever the list', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, async (entries) => {
        const input = enforcerInput(entries, { leftToOthers: new Set(['expiry']) });
        const { files } = expectValue(enforcer.compile(input));
        const checked = await enforcer.check?.(files, testWorkContext());
        expect(checked).toMatchObject({ ok: true, value: { program: 'dnsmasq, nft' } });
      }),
      { numRuns: 15 },
    );
  });
});
