import { Buffer } from 'node:buffer';
import { isNameMatch, sharesNames } from '../../../allow-list/names.ts';
import { withoutPorts } from '../../../allow-list/port-set.ts';
import type { AllowEntry, DestinationRule, Match, Protocol } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { notInItsForm, notSayable } from '../export-problem.ts';
import { type LossLedger, lossLedger } from '../loss-ledger.ts';
import { withLength } from '../plain-destinations.ts';
import {
  type CidrRule,
  cidrRules,
  type PortsOfProtocols,
  rulesOfPolicy,
  sayablePorts,
} from './network-policy.ts';
import { cidrText, nameText, policyText, sortedGroups } from './policy-text.ts';
import { readPolicy } from './read-policy.ts';

/** What a request to the API of Kubernetes may have, less some room: etcd takes 1.5 MiB. */
const sizeLimitBytes = 1_500_000;

/**
 * A list as a CiliumNetworkPolicy. A wildcard of Cilium's is one label, so names further below are not said. Addresses
 * of the cluster's own pods are not subject to rules by CIDR.
 */
export const ciliumEnforcer: Enforcer = {
  name: 'cilium',
  abilities: {
    matches: ['host', 'oneLabel', 'ip', 'cidr'],
    ipv6: true,
    ports: true,
    protocols: true,
    expiry: false,
    denials: true,
    maxRules: null,
    atomic: true,
  },
  compile,
  readBack,
};

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(input.list)) {
    return failure(
      notSayable(
        `no CiliumNetworkPolicy and no label can be named after the list ${JSON.stringify(input.list.slice(0, 200))}`,
        'give the list a name of at most 63 lower-case letters, digits and dashes',
      ),
    );
  }
  const ledger = lossLedger();
  const text = policyText({
    header: input,
    names: sortedGroups(allowedNames(input, ledger), nameText),
    allowed: sortedGroups(allowedNetworks(input, ledger), cidrText),
    denied: sortedGroups(deniedNetworks(input), cidrText),
  });
  return text.length > sizeLimitBytes
    ? failure(
        notSayable(
          `the allow-list ${input.list} comes to ${text.length} bytes with ${input.entries.length} entries; Kubernetes takes objects of at most ${sizeLimitBytes}`,
          'join networks, or export parts of the list with scopes',
        ),
      )
    : success({
        files: [{ name: `${input.list}.cilium.yaml`, bytes: Buffer.from(text) }],
        losses: ledger.losses(),
      });
}

function readBack(files: readonly ExportedFile[]): Result<readonly DestinationRule[]> {
  const [file] = files;
  const policy =
    file === undefined || files.length > 1 || file.bytes.length > sizeLimitBytes
      ? undefined
      : readPolicy(Buffer.from(file.bytes).toString('utf8'));
  return policy === undefined
    ? failure(notInItsForm(file?.name ?? 'no file'))
    : success(rulesOfPolicy(policy));
}

const everyPortIsZero = 'port 0 is every port in Cilium';

/** What is said of a match: names no further below than one label. */
function labelwise({ kind, value }: Match): readonly Match[] {
  return [
    ...(kind === 'host' || kind === 'apexAndSubdomains' ? [{ kind: 'host' as const, value }] : []),
    ...(kind === 'host' ? [] : [{ kind: 'oneLabel' as const, value }]),
  ];
}

type Groups<Member> = Map<string, { readonly service: PortsOfProtocols; readonly members: Member[] }>;

function allowedNames(input: EnforcerInput, ledger: LossLedger): Groups<Match> {
  const groups: Groups<Match> = new Map();
  for (const { entry, match, protocols, ports, holes } of input.policy.names) {
    if (endsTooLate(entry, input, ledger)) {
      continue;
    }
    const wanted = serviceOf({ protocols, ports });
    for (const part of labelwise(match)) {
      const open = holes.filter((hole) => sharesNames(hole.match, part)).reduce(without, wanted);
      const service = sayable(open);
      const reason =
        sizeOf(open) < sizeOf(wanted)
          ? 'Cilium cannot deny some of the names'
          : sizeOf(service) < sizeOf(open)
            ? everyPortIsZero
            : undefined;
      ledger.note(entry, sizeOf(service) > 0, reason);
      add(groups, service, [part]);
    }
    if (match.kind === 'subdomains' || match.kind === 'apexAndSubdomains') {
      ledger.note(entry, false, 'a wildcard is one label in Cilium');
    }
  }
  return groups;
}

function allowedNetworks(input: EnforcerInput, ledger: LossLedger): Groups<CidrRule> {
  const groups: Groups<CidrRule> = new Map();
  for (const { entry, prefixes, protocols, ports } of input.policy.addresses) {
    if (!endsTooLate(entry, input, ledger)) {
      const open = serviceOf({ protocols, ports });
      const service = sayable(open);
      ledger.note(entry, sizeOf(service) > 0, sizeOf(service) < sizeOf(open) ? everyPortIsZero : undefined);
      add(groups, service, cidrRules(entry.match.value, prefixes));
    }
  }
  return groups;
}

/** Denied networks are no part of those allowed; said once more, they also stop names that resolve there. */
function deniedNetworks({ entries }: EnforcerInput): Groups<CidrRule> {
  const groups: Groups<CidrRule> = new Map();
  for (const { effect, match, protocols, ports } of entries) {
    if (effect === 'deny' && !isNameMatch(match)) {
      add(groups, sayable(serviceOf({ protocols, ports })), [{ cidr: withLength(match.value), except: [] }]);
    }
  }
  return groups;
}

function serviceOf({ protocols, ports }: Pick<DestinationRule, 'protocols' | 'ports'>): PortsOfProtocols {
  const of = (protocol: Protocol) => (protocols.includes(protocol) ? ports : []);
  return { tcp: of('tcp'), udp: of('udp') };
}

function without(service: PortsOfProtocols, hole: DestinationRule): PortsOfProtocols {
  const closed = serviceOf(hole);
  return { tcp: withoutPorts(service.tcp, closed.tcp), udp: withoutPorts(service.udp, closed.udp) };
}

function sayable({ tcp, udp }: PortsOfProtocols): PortsOfProtocols {
  return { tcp: sayablePorts(tcp), udp: sayablePorts(udp) };
}

/** Ports that a service opens. */
function sizeOf({ tcp, udp }: PortsOfProtocols): number {
  return [...tcp, ...udp].reduce((size, { first, last }) => size + last - first + 1, 0);
}

function add<Member>(groups: Groups<Member>, service: PortsOfProtocols, members: readonly Member[]): void {
  if (sizeOf(service) > 0) {
    const key = JSON.stringify(service);
    const group = groups.get(key) ?? { service, members: [] };
    for (const member of members) {
      group.members.push(member);
    }
    groups.set(key, group);
  }
}

function endsTooLate(entry: AllowEntry, { leftToOthers }: EnforcerInput, ledger: LossLedger): boolean {
  if (entry.expiresAt === undefined || leftToOthers.has('expiry')) {
    return false;
  }
  ledger.note(entry, false, 'a rule cannot end by itself in Cilium');
  return true;
}
