import type { AllowEntry, AlwaysDenyGroup, Match } from '../model/allow-list.ts';
import { compareCodePoints } from '../model/json.ts';
import { alwaysDeniedMatches } from './always-deny-matches.ts';
import { destinationMatch } from './destination-match.ts';
import { everyPort } from './port-set.ts';

/** What the policy of a repository says about destinations that no list can allow. */
export interface AlwaysDenyPolicy {
  /** Groups that lists may allow all the same. */
  readonly permit: readonly AlwaysDenyGroup[];
  /** Addresses, networks and names of the network that pretends to be the internet. */
  readonly sinkhole: readonly string[];
}

/** Where INetSim listens in the usual lab network. */
export const defaultSinkhole: readonly string[] = ['10.66.66.2'];

/** Every group, in the order of the documentation. */
export const alwaysDenyGroups = [
  'private',
  'loopback',
  'linkLocal',
  'metadata',
  'multicast',
  'reserved',
  'resolvers',
  'sinkhole',
] as const satisfies readonly AlwaysDenyGroup[];

/**
 * The denials of all groups that are not permitted, group by group: every port, both protocols, everywhere and for
 * ever. They beat whatever a list allows.
 */
export function alwaysDenied({ permit, sinkhole }: AlwaysDenyPolicy): readonly AllowEntry[] {
  return alwaysDenyGroups
    .filter((group) => !permit.includes(group))
    .flatMap((group) =>
      (group === 'sinkhole' ? sinkhole.map(sinkholeMatch) : alwaysDeniedMatches[group])
        .toSorted((left, right) => compareCodePoints(left.value, right.value))
        .map(
          (match) =>
            ({
              effect: 'deny',
              match,
              protocols: ['tcp', 'udp'],
              ports: everyPort,
              reason: reasons[group],
              list: `always-deny/${group}`,
            }) satisfies AllowEntry,
        ),
    );
}

/** The group of an entry that {@link alwaysDenied} made. */
export function groupOf({ list }: AllowEntry): AlwaysDenyGroup | undefined {
  return alwaysDenyGroups.find((group) => list === `always-deny/${group}`);
}

const reasons: Readonly<Record<AlwaysDenyGroup, string>> = {
  private: 'networks of the site (RFC 1918, RFC 6598, RFC 4193)',
  loopback: 'the machine itself (RFC 1122, RFC 4291, RFC 6761)',
  linkLocal: 'the link (RFC 3927, RFC 4291)',
  metadata: 'metadata services of clouds, which hand out credentials',
  multicast: 'groups, not hosts (RFC 5771, RFC 4291)',
  reserved: 'not for hosts (RFC 6890), or tunnels to IPv4 addresses',
  resolvers: 'public DNS services, which get around the DNS that is watched',
  sinkhole: 'the network that pretends to be the internet',
};

/** The text was checked with the policy. A name stands for all names below it too. */
function sinkholeMatch(written: string): Match {
  const destination = destinationMatch(written);
  if (!destination.ok) {
    throw new TypeError(`not a sinkhole: ${destination.problem.message}`);
  }
  const { match } = destination;
  return match.kind === 'host' ? { ...match, kind: 'apexAndSubdomains' } : match;
}
