import type { AlwaysDenyGroup, Match } from '../model/allow-list.ts';

/** What each fixed group denies, in canonical text. */
export const alwaysDeniedMatches: Readonly<Record<Exclude<AlwaysDenyGroup, 'sinkhole'>, readonly Match[]>> = {
  private: networks(
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '100.64.0.0/10',
    'fc00::/7',
    // Site-local addresses, deprecated by RFC 3879 and still routed in places.
    'fec0::/10',
  ),
  loopback: [...networks('127.0.0.0/8'), ...addresses('::1'), ...namesFrom('localhost')],
  linkLocal: networks('169.254.0.0/16', 'fe80::/10'),
  metadata: [
    ...addresses(
      '169.254.169.254',
      // Credentials of containers (ECS) and pods (EKS).
      '169.254.170.2',
      '169.254.170.23',
      'fd00:ec2::254',
      'fd00:ec2::23',
      // Google over IPv6, Azure's host agent, Alibaba, Oracle.
      'fd20:ce::254',
      '168.63.129.16',
      '100.100.100.200',
      '192.0.0.192',
    ),
    ...namesFrom('metadata.google.internal', 'metadata.goog', 'metadata', 'instance-data'),
    ...namesFrom('instance-data.ec2.internal'),
  ],
  multicast: networks('224.0.0.0/4', 'ff00::/8'),
  reserved: [
    ...networks(
      '0.0.0.0/8',
      '192.0.0.0/24',
      '198.18.0.0/15',
      '240.0.0.0/4',
      '100::/64',
      // Documentation: RFC 5737, RFC 3849, RFC 9637.
      '192.0.2.0/24',
      '198.51.100.0/24',
      '203.0.113.0/24',
      '2001:db8::/32',
      '3fff::/20',
      // Ways to say an IPv4 address in IPv6: mapped, NAT64 (RFC 6052, RFC 8215), Teredo, 6to4 and its relays.
      '::ffff:0:0/96',
      '64:ff9b::/96',
      '64:ff9b:1::/48',
      '2001::/32',
      '2002::/16',
      '192.88.99.0/24',
    ),
    ...addresses('::'),
  ],
  resolvers: [
    // Cloudflare
    ...addresses('1.1.1.1', '1.0.0.1', '1.1.1.2', '1.0.0.2', '1.1.1.3', '1.0.0.3'),
    ...addresses('2606:4700:4700::1111', '2606:4700:4700::1001', '2606:4700:4700::1112'),
    ...addresses('2606:4700:4700::1002', '2606:4700:4700::1113', '2606:4700:4700::1003'),
    ...addresses('2606:4700:4700::64', '2606:4700:4700::6400'),
    ...namesFrom('cloudflare-dns.com', 'one.one.one.one'),
    // Google
    ...addresses('8.8.8.8', '8.8.4.4', '2001:4860:4860::8888', '2001:4860:4860::8844'),
    ...addresses('2001:4860:4860::64', '2001:4860:4860::6464'),
    ...namesFrom('dns.google', 'dns.google.com'),
    // Quad9
    ...addresses('9.9.9.9', '149.112.112.112', '9.9.9.10', '149.112.112.10', '9.9.9.11', '149.112.112.11'),
    ...addresses(
      '2620:fe::fe',
      '2620:fe::9',
      '2620:fe::10',
      '2620:fe::fe:10',
      '2620:fe::11',
      '2620:fe::fe:11',
    ),
    ...namesFrom('dns.quad9.net', 'dns9.quad9.net', 'dns10.quad9.net', 'dns11.quad9.net'),
    // OpenDNS
    ...addresses('208.67.222.222', '208.67.220.220', '208.67.222.123', '208.67.220.123'),
    ...addresses('2620:119:35::35', '2620:119:53::53'),
    ...namesFrom('doh.opendns.com', 'dns.opendns.com', 'doh.familyshield.opendns.com', 'dns.umbrella.com'),
    // AdGuard
    ...addresses(
      '94.140.14.14',
      '94.140.15.15',
      '94.140.14.15',
      '94.140.15.16',
      '94.140.14.140',
      '94.140.14.141',
    ),
    ...addresses('2a10:50c0::ad1:ff', '2a10:50c0::ad2:ff', '2a10:50c0::bad1:ff', '2a10:50c0::bad2:ff'),
    ...addresses('2a10:50c0::1:ff', '2a10:50c0::2:ff'),
    ...namesFrom(
      'dns.adguard-dns.com',
      'family.adguard-dns.com',
      'unfiltered.adguard-dns.com',
      'dns.adguard.com',
    ),
    // Others; and the name by which browsers ask whether they may use DNS over HTTPS.
    ...addresses('185.228.168.9', '185.228.169.9', '4.2.2.1', '4.2.2.2'),
    ...namesFrom('dns.nextdns.io', 'doh.cleanbrowsing.org', 'dns.controld.com', 'freedns.controld.com'),
    ...namesFrom('dns.mullvad.net', 'doh.dns.sb', 'use-application-dns.net'),
  ],
};

function addresses(...values: readonly string[]): readonly Match[] {
  return values.map((value) => ({ kind: 'ip', value }));
}

function networks(...values: readonly string[]): readonly Match[] {
  return values.map((value) => ({ kind: 'cidr', value }));
}

/** Names with all names below them. */
function namesFrom(...values: readonly string[]): readonly Match[] {
  return values.map((value) => ({ kind: 'apexAndSubdomains', value }));
}
