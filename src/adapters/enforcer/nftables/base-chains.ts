import type { NftChain } from './nft-table.ts';

/** What the chains must know of a resolver in the same network namespace. */
export interface ResolverRules {
  /** Queries that it sends itself pass to these, for this user alone. */
  readonly userId: number;
  readonly upstreams: readonly { readonly address: string; readonly port: number }[];
  /** Where it listens; its connections get {@link queryMark} where it judges questions by that. */
  readonly port: number;
  readonly marksQueries: boolean;
}

/** The bit of a connection's mark that makes dnsmasq judge a question by its patterns. */
export const queryMark = 0x4000_0000;

/** The bit of a connection's mark that says that one of its packets was dropped. */
const refusedMark = 0x2000_0000;

/**
 * The chains that every table has, in the very words in which nft lists them. `to` and `from` hold the rules of a list;
 * every packet is judged by where it goes, not by whether its connection was once let through, and answers by where they
 * come from, so what a list no longer allows stops at once in both directions.
 *
 * In `forward`, where packets of others pass, an answer counts only if its sender is reached through the interface that
 * it came from: otherwise a machine could name an allowed address as its own and send to anybody as if it answered.
 */
export function baseChains(resolver: ResolverRules | undefined): readonly NftChain[] {
  const queries = resolver?.upstreams.map(
    ({ address, port }) =>
      `meta skuid ${resolver.userId} ${address.includes(':') ? 'ip6' : 'ip'} daddr ${address} meta l4proto { tcp, udp } th dport ${port} accept`,
  );
  const marking: readonly NftChain[] = resolver?.marksQueries
    ? [
        {
          name: 'input',
          lines: [
            'type filter hook input priority filter; policy accept;',
            `meta l4proto { tcp, udp } th dport ${resolver.port} ct mark set ct mark | ${markText(queryMark)}`,
          ],
        },
      ]
    : [];
  return [
    { name: 'refused', lines: refusals },
    ...marking,
    {
      name: 'output',
      lines: [
        'type filter hook output priority filter; policy drop;',
        'oifname "lo" accept',
        ...(queries ?? []),
        ...neighbours,
        ...errors,
        // Refusals that the kernel sends for the forward chain: no program may take an address that is not its own.
        'fib saddr type != local tcp flags & rst == rst accept',
        'jump to',
        'goto refused',
      ],
    },
    {
      name: 'forward',
      lines: [
        'type filter hook forward priority filter; policy drop;',
        'fib saddr . iif oif missing drop',
        ...errors,
        'ct direction original jump to',
        'ct direction reply jump from',
        'goto refused',
      ],
    },
  ];
}

/** Neighbour discovery (RFC 4861) and group membership (RFC 3810), which never leave the link. */
const neighbours = [
  'icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept',
  'ip6 daddr ff02::/16 icmpv6 type { mld-listener-report, mld-listener-done, mld2-listener-report } accept',
];

/** Errors about packets of a known connection, such as those of path MTU discovery; conntrack checks whom they are for. */
const errors = [
  'ct state related icmp type { destination-unreachable, time-exceeded, parameter-problem } accept',
  'ct state related icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept',
];

/**
 * A refusal says so at once; silence would let programs wait for minutes. But the first packet of a connection that was
 * allowed is dropped without a word: it may have been judged in the very moment in which one list gave way to another,
 * by rules of the one and addresses of the other, and its repetition will pass.
 */
const refusals = [
  `ct state established ct mark & ${markText(refusedMark)} == 0x00000000 ct mark set ct mark | ${markText(refusedMark)} drop`,
  'meta l4proto tcp reject with tcp reset',
  'reject with icmpx admin-prohibited',
];

function markText(mark: number): string {
  return `0x${mark.toString(16).padStart(8, '0')}`;
}
