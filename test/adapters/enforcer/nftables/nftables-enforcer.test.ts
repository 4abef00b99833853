import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nftDelta } from '../../../../src/adapters/enforcer/nftables/nft-delta.ts';
import type { NftTable } from '../../../../src/adapters/enforcer/nftables/nft-table.ts';
import {
  addressTable,
  createNftablesEnforcer,
} from '../../../../src/adapters/enforcer/nftables/nftables-enforcer.ts';
import { readTable } from '../../../../src/adapters/enforcer/nftables/read-table.ts';
import { rulesOfTable } from '../../../../src/adapters/enforcer/nftables/rules-of-table.ts';
import { tableText } from '../../../../src/adapters/enforcer/nftables/table-text.ts';
import { createProcessRunner } from '../../../../src/adapters/process/child-processes.ts';
import { allowedOnlyBy } from '../../../../src/allow-list/destination-space.ts';
import type { AllowEntry } from '../../../../src/model/allow-list.ts';
import { allowEntry, anyEntries } from '../../../rig/allow-entries.ts';
import { enforcerInput } from '../../../rig/enforcer-input.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../../rig/expect-result.ts';
import { testWorkContext } from '../../../rig/work-context.ts';

const enforcer = createNftablesEnforcer({ processes: createProcessRunner() });
const appliedAt = '2026-11-21T00:00:00Z';
const web = {
  protocols: ['tcp'] as const,
  ports: [
    { first: 80, last: 81 },
    { first: 443, last: 443 },
  ],
};

describe('a file for nftables', () => {
  it('has a set a service, family and kind, with who put each element there', () => {
    const input = enforcerInput(
      [
        allowEntry({ kind: 'ip', value: '198.51.100.7' }, web),
        allowEntry({ kind: 'cidr', value: '203.0.113.0/24' }, web),
        allowEntry({ kind: 'cidr', value: '203.0.113.64/26' }, { ...web, effect: 'deny' }),
        allowEntry({ kind: 'ip', value: '2001:db8::1' }, { expiresAt: '2026-11-22T01:02:03Z' }),
      ],
      { appliedAt },
    );
    const text = textOf(input);
    expect(text.slice(0, text.indexOf('\tchain refused'))).toBe(`#!/usr/sbin/nft -f
# sandkiln allow-list lab, revision 7
# set ${input.set}
table inet sandkiln-lab
delete table inet sandkiln-lab
table inet sandkiln-lab {
	set applied {
		type mark
		comment "r7 ${input.set}"
	}

	set tcp_80-81_443_hosts4 {
		type ipv4_addr
		elements = { 198.51.100.7 comment "r7 198.51.100.7 tcp 80-81 443" }
	}

	set tcp_80-81_443_ranges4 {
		type ipv4_addr
		flags interval
		elements = { 203.0.113.0/26 comment "r7 203.0.113.0/24 tcp 80-81 443",
			     203.0.113.128/25 comment "r7 203.0.113.0/24 tcp 80-81 443" }
	}

	set tcp_udp_timed_hosts6 {
		type ipv6_addr
		flags timeout
		elements = { 2001:db8::1 timeout 1d1h2m3s comment "r7 2001:db8::1 tcp udp" }
	}

	chain to {
		ip daddr @tcp_80-81_443_hosts4 tcp dport { 80-81, 443 } accept
		ip daddr @tcp_80-81_443_ranges4 tcp dport { 80-81, 443 } accept
		ip6 daddr @tcp_udp_timed_hosts6 meta l4proto { tcp, udp } accept
	}

	chain from {
		ip saddr @tcp_80-81_443_hosts4 tcp sport { 80-81, 443 } accept
		ip saddr @tcp_80-81_443_ranges4 tcp sport { 80-81, 443 } accept
		ip6 saddr @tcp_udp_timed_hosts6 meta l4proto { tcp, udp } accept
	}

`);
  });

  it('cuts overlapping time limits so that each address has the latest of its own', () => {
    const day = (value: string, expiresAt: string) =>
      allowEntry({ kind: 'cidr', value }, { ...web, expiresAt });
    const text = textOf(
      enforcerInput(
        [
          day('203.0.113.0/24', '2026-11-22T00:00:00Z'),
          day('203.0.113.0/26', '2026-11-23T00:00:00Z'),
          day('203.0.113.0/25', '2026-11-22T00:00:00Z'),
        ],
        { appliedAt },
      ),
    );
    expect(
      [...text.matchAll(/(\S+) timeout (\w+) /g)].map(([, value, timeout]) => `${value} ${timeout}`),
    ).toEqual(['203.0.113.0/26 2d', '203.0.113.64/26 1d', '203.0.113.128/25 1d']);
  });

  it('leaves out names, and what ends where nobody says when it is applied, and says so', () => {
    const entries = [
      allowEntry({ kind: 'host', value: 'a.example' }),
      allowEntry({ kind: 'ip', value: '198.51.100.7' }, { expiresAt: '2026-11-22T00:00:00Z' }),
    ];
    const { losses } = expectValue(enforcer.compile(enforcerInput(entries)));
    expect(losses.map(({ entry, kind }) => [entry.match.value, kind])).toEqual([
      ['198.51.100.7', 'omitted'],
      ['a.example', 'omitted'],
    ]);
    const left = enforcerInput(entries, { leftToOthers: new Set(['expiry']) });
    expect(expectValue(enforcer.compile(left)).losses).toHaveLength(1);
  });

  it('is refused for a list that no table can be named after', () => {
    const input = enforcerInput([], { list: 'a; flush ruleset' });
    expect(expectCodes(enforcer.compile(input))).toEqual(['SK7210']);
  });

  it.each([
    ['a rule of its own', 'chain to {\n', 'chain to {\n\t\taccept\n'],
    ['a wider base chain', 'policy drop', 'policy accept'],
    ['an octal address', '198.51.100.7 ', '198.51.0100.7 '],
    ['a name for an address', '198.51.100.7 ', 'localhost '],
    [
      'answers from elsewhere',
      'ip saddr @tcp_80-81_443_hosts4 tcp sport { 80-81, 443 }',
      'ip saddr @tcp_80-81_443_hosts4 meta l4proto tcp',
    ],
    [
      'a set of others',
      'set tcp_80-81_443_hosts4 {\n\t\ttype ipv4_addr',
      'set tcp_80-81_443_hosts4 {\n\t\ttype ipv4_addr\n\t\tauto-merge',
    ],
  ])('is not taken for ours with %s in it', (_, ours, others) => {
    const text = textOf(enforcerInput([allowEntry({ kind: 'ip', value: '198.51.100.7' }, web)]));
    expect(text).toContain(ours);
    const bytes = Buffer.from(text.replace(ours, others));
    expect(expectCodes(enforcer.readBack([{ name: 'lab.nft', bytes }]))).toEqual(['SK7211']);
  });
});

describe('nft itself', () => {
  it('accepts what is written, whatever the list', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, async (entries) => {
        const { files } = expectValue(enforcer.compile(enforcerInput(entries, { appliedAt })));
        expect(expectValue(await check(files)).program).toBe('nft');
      }),
      { numRuns: 15 },
    );
  });

  it('refuses a broken file, which is told with its words', async () => {
    const files = [{ name: 'lab.nft', bytes: Buffer.from('table inet lab { set broken }') }];
    expect(expectDiagnostic(await check(files))).toMatchObject({
      code: 'SK7212',
      message: expect.stringContaining('syntax error'),
    });
  });

  it('lists what it was given as the same table, and moves from one list to another by the difference', () => {
    // The same service for all, so that the same sets change.
    const anyWeb = anyEntries.map((entries) => entries.map((entry) => ({ ...entry, ...web })));
    fc.assert(
      fc.property(anyWeb, anyWeb, (one, other) => {
        const [before, after] = [tableOf(one), tableOf(other)];
        const listed = loaded(tableText('lab', before), nftDelta(before, after)?.text ?? '');
        expect(allowedOnlyBy(rulesOfTable(listed), rulesOfTable(after))).toEqual([]);
        expect(allowedOnlyBy(rulesOfTable(after), rulesOfTable(listed))).toEqual([]);
        expect(nftDelta(listed, after)?.text).toBe('');
      }),
      { numRuns: 40 },
    );
  });
});

function textOf(input: Parameters<typeof enforcer.compile>[0]): string {
  return Buffer.from(expectValue(enforcer.compile(input)).files[0]?.bytes ?? []).toString();
}

function check(files: Parameters<typeof enforcer.readBack>[0]) {
  return enforcer.check?.(files, testWorkContext()) ?? Promise.reject(new Error('no check'));
}

function tableOf(entries: readonly AllowEntry[]): NftTable {
  return expectValue(addressTable(enforcerInput(entries, { appliedAt }), null)).table;
}

/** What nft lists after two transactions in a network namespace of its own. */
function loaded(...transactions: readonly string[]): NftTable {
  const asOthers = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const script = `${transactions.map((text) => `nft -f - <<'END' || exit 1\n${text}END\n`).join('')}nft list table inet sandkiln-lab`;
  const { stdout, stderr } = spawnSync('unshare', [...asOthers, '--net', 'sh'], {
    input: script,
    encoding: 'utf8',
  });
  const table = readTable(stdout.trimEnd());
  if ('unread' in table) {
    throw new Error(`${table.unread}\n${stderr}`);
  }
  return table;
}
