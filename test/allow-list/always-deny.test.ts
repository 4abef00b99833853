import { describe, expect, test } from 'vitest';
import { rangeOf } from '../../src/allow-list/address.ts';
import { normaliseAddress, normaliseNetwork } from '../../src/allow-list/address-match.ts';
import { alwaysDenied, alwaysDenyGroups, defaultSinkhole } from '../../src/allow-list/always-deny.ts';
import { type DenialsAbout, denialsAbout } from '../../src/allow-list/denials-about.ts';
import { destinationMatch } from '../../src/allow-list/destination-match.ts';
import { normaliseHostName } from '../../src/allow-list/host-name.ts';
import { isNameMatch } from '../../src/allow-list/names.ts';
import type { AllowEntry, Match, MatchKind } from '../../src/model/allow-list.ts';

const everything = alwaysDenied({ permit: [], sinkhole: defaultSinkhole });
const about = lookupIn(everything);

function lookupIn(denials: readonly AllowEntry[]): (match: Match) => DenialsAbout | undefined {
  const { aboutName, aboutRange } = denialsAbout(denials);
  return (match) => (isNameMatch(match) ? aboutName(match) : aboutRange(rangeOf(match.value)));
}

function deniedAbout(written: string): string {
  const destination = destinationMatch(written);
  const verdict = destination.ok ? about(destination.match) : undefined;
  return verdict === undefined
    ? 'nothing'
    : `${verdict.wholly ? 'wholly' : 'partly'} ${verdict.groups.join(' ')}`;
}

describe('what is always denied', () => {
  test.each([
    ['10.66.66.2', 'wholly private sinkhole'],
    ['10.0.0.0/8', 'wholly private sinkhole'],
    ['172.31.255.255', 'wholly private'],
    ['172.32.0.0', 'nothing'],
    ['100.64.0.0', 'wholly private'],
    ['fd00::1', 'wholly private'],
    ['127.1.2.3', 'wholly loopback'],
    ['::1', 'wholly loopback'],
    ['localhost', 'wholly loopback'],
    ['a.localhost', 'wholly loopback'],
    ['notlocalhost', 'nothing'],
    ['169.254.1.1', 'wholly linkLocal'],
    ['169.254.169.254', 'wholly linkLocal metadata'],
    ['169.254.170.2', 'wholly linkLocal metadata'],
    ['fd00:ec2::254', 'wholly private metadata'],
    ['metadata.google.internal', 'wholly metadata'],
    ['fe80::1', 'wholly linkLocal'],
    ['224.0.0.1', 'wholly multicast'],
    ['ff02::1', 'wholly multicast'],
    ['0.0.0.0', 'wholly reserved'],
    ['255.255.255.255', 'wholly reserved'],
    ['192.0.2.1', 'wholly reserved'],
    ['2001:db8::1', 'wholly reserved'],
    ['::', 'wholly reserved'],
    ['64:ff9b::102:304', 'wholly reserved'],
    ['2002:102:304::1', 'wholly reserved'],
    ['2001:0:102:304::', 'wholly reserved'],
    ['1.1.1.1', 'wholly resolvers'],
    ['8.8.4.4', 'wholly resolvers'],
    ['149.112.112.112', 'wholly resolvers'],
    ['208.67.220.220', 'wholly resolvers'],
    ['2606:4700:4700::1111', 'wholly resolvers'],
    ['dns.google', 'wholly resolvers'],
    ['abc.cloudflare-dns.com', 'wholly resolvers'],
    ['use-application-dns.net', 'wholly resolvers'],
    ['google.com', 'nothing'],
    ['151.101.2.132', 'nothing'],
    ['0.0.0.0/0', 'partly private loopback linkLocal metadata multicast reserved resolvers sinkhole'],
    ['8.8.8.0/24', 'partly resolvers'],
    ['2001:4860::/32', 'partly resolvers'],
    ['192.168.0.0/15', 'partly private'],
  ])('says of %s: %s', (written, verdict) => {
    expect(deniedAbout(written)).toBe(verdict);
  });

  test('sees the part of a pattern of names that it denies', () => {
    const verdict = (kind: MatchKind, value: string) => about({ kind, value });
    expect(verdict('subdomains', 'quad9.net')).toEqual({ wholly: false, groups: ['resolvers'] });
    expect(verdict('oneLabel', 'quad9.net')).toEqual({ wholly: false, groups: ['resolvers'] });
    expect(verdict('oneLabel', 'google.internal')).toEqual({ wholly: false, groups: ['metadata'] });
    expect(verdict('oneLabel', 'internal')).toBeUndefined();
    expect(verdict('subdomains', 'internal')).toEqual({ wholly: false, groups: ['metadata'] });
    expect(verdict('subdomains', 'dns.quad9.net')).toEqual({ wholly: true, groups: ['resolvers'] });
    expect(verdict('host', 'quad9.net')).toBeUndefined();
  });

  test.each(alwaysDenyGroups)(
    'has the group %s, which is left out alone when its name is permitted',
    (group) => {
      const without = alwaysDenied({ permit: [group], sinkhole: defaultSinkhole });
      expect(without).toEqual(everything.filter(({ list }) => list !== `always-deny/${group}`));
      expect(without.length).toBeLessThan(everything.length);
    },
  );

  test('is written in canonical text and denies every port for ever', () => {
    for (const { match, effect, ports, protocols, scope, expiresAt } of everything) {
      expect(canonical(match)).toBe(match.value);
      expect({ effect, ports, protocols, scope, expiresAt }).toEqual({
        effect: 'deny',
        ports: [{ first: 0, last: 65_535 }],
        protocols: ['tcp', 'udp'],
      });
    }
  });

  test('takes the sinkhole from the policy, a name with all names below it', () => {
    const own = lookupIn(
      alwaysDenied({
        permit: ['private'],
        sinkhole: ['Sink.Example.', '10.9.0.0/16'],
      }),
    );
    expect(own({ kind: 'host', value: 'a.sink.example' })).toEqual({ wholly: true, groups: ['sinkhole'] });
    expect(own({ kind: 'ip', value: '10.9.1.1' })).toEqual({ wholly: true, groups: ['sinkhole'] });
    expect(own({ kind: 'ip', value: '10.66.66.2' })).toBeUndefined();
  });
});

function canonical({ kind, value }: Match): string | undefined {
  if (kind === 'cidr') {
    // Mapped addresses are refused in lists, and so have no normal form there.
    const network = normaliseNetwork(value);
    return network.ok
      ? network.match.value
      : value.startsWith('::ffff:') && rangeOf(value)
        ? value
        : undefined;
  }
  const one = kind === 'ip' ? normaliseAddress(value) : normaliseHostName(value);
  return !one.ok ? undefined : 'name' in one ? one.name : one.match.value;
}
