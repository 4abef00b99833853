import { isEveryPort } from '../../../allow-list/port-set.ts';
import type { Match } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import { headerLines } from '../export-header.ts';
import type { CidrRule, Group, NetworkPolicy, PortsOfProtocols } from './network-policy.ts';

/** Most ports in one entry of `toPorts`, by the schema of CiliumNetworkPolicy. */
const portsInEntry = 40;

/**
 * The policy as YAML, for pods of one namespace that are labelled with the list. Names need a rule for DNS: Cilium
 * learns the addresses of names from answers that pass its proxy, here those of kube-dns to questions for these names.
 */
export function policyText({ header, names, allowed, denied }: NetworkPolicy): string {
  const egress = [
    ...dnsRule(names.flatMap(({ members }) => members)),
    ...names.flatMap(({ service, members }) => rule('toFQDNs', members.map(nameText), service)),
    ...allowed.flatMap(({ service, members }) => rule('toCIDRSet', members.map(cidrText), service)),
  ];
  const egressDeny = denied.flatMap(({ service, members }) =>
    rule('toCIDRSet', members.map(cidrText), service),
  );
  return [
    ...headerLines('#', header),
    'apiVersion: cilium.io/v2',
    'kind: CiliumNetworkPolicy',
    'metadata:',
    `  name: "${header.list}"`,
    '  annotations:',
    `    sandkiln/revision: "${header.revision}"`,
    `    sandkiln/set: "${header.set}"`,
    'spec:',
    '  endpointSelector:',
    '    matchLabels:',
    `      sandkiln/allow-list: "${header.list}"`,
    '  egress:',
    // An empty rule allows nothing, and makes the policy one that denies the rest.
    ...(egress.length === 0 ? ['    - {}'] : egress),
    ...(egressDeny.length === 0 ? [] : ['  egressDeny:', ...egressDeny]),
    '',
  ].join('\n');
}

/** How a match stands in `toFQDNs` and in the rule for DNS; `*` is one label. */
export function nameText({ kind, value }: Match): string {
  return kind === 'host' ? `{matchName: "${value}"}` : `{matchPattern: "*.${value}"}`;
}

export function cidrText({ cidr, except }: CidrRule): string {
  return except.length === 0
    ? `{cidr: "${cidr}"}`
    : `{cidr: "${cidr}", except: [${except.map((hole) => `"${hole}"`).join(', ')}]}`;
}

function dnsRule(names: readonly Match[]): readonly string[] {
  const texts = [...new Set(names.map(nameText))].sort(compareCodePoints);
  return texts.length === 0
    ? []
    : [
        '    - toEndpoints:',
        '        - matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, "k8s:k8s-app": kube-dns}',
        '      toPorts:',
        '        - ports:',
        '            - {port: "53", protocol: UDP}',
        '            - {port: "53", protocol: TCP}',
        '          rules:',
        '            dns:',
        ...texts.map((text) => `              - ${text}`),
      ];
}

function rule(field: string, members: readonly string[], service: PortsOfProtocols): readonly string[] {
  return [
    `    - ${field}:`,
    ...members.map((member) => `        - ${member}`),
    '      toPorts:',
    ...portEntries(service),
  ];
}

function portEntries(service: PortsOfProtocols): readonly string[] {
  const ports = (['tcp', 'udp'] as const).flatMap((protocol) =>
    service[protocol].map(({ first, last }) => {
      const end = isEveryPort([{ first, last }]) || first === last ? '' : `, endPort: ${last}`;
      return `            - {port: "${first}"${end}, protocol: ${protocol.toUpperCase()}}`;
    }),
  );
  const entries: string[] = [];
  for (let start = 0; start < ports.length; start += portsInEntry) {
    entries.push('        - ports:', ...ports.slice(start, start + portsInEntry));
  }
  return entries;
}

/** Groups and members in the order that the policy has them in. */
export function sortedGroups<Member>(
  groups: ReadonlyMap<string, Group<Member>>,
  text: (member: Member) => string,
): readonly Group<Member>[] {
  return [...groups]
    .sort(([left], [right]) => compareCodePoints(left, right))
    .map(([, { service, members }]) => {
      const byText = new Map(members.map((member) => [text(member), member]));
      const sorted = [...byText].sort(([left], [right]) => compareCodePoints(left, right));
      return { service, members: sorted.map(([, member]) => member) };
    });
}
