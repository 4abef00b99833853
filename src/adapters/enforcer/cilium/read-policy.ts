import { parse } from 'yaml';
import type { Match, PortRange, Protocol } from '../../../model/allow-list.ts';
import { hasShape, listShape, mapShape, optional, recordShape, textShape } from '../../../model/shape.ts';
import { readHeader } from '../export-header.ts';
import { readHost } from '../read-destination.ts';
import { type CidrRule, type Group, isCidr, type NetworkPolicy } from './network-policy.ts';
import { policyText } from './policy-text.ts';

interface PortText {
  readonly port: string;
  readonly endPort?: number | undefined;
  readonly protocol: string;
}

interface EgressRule {
  readonly toFQDNs?: readonly Readonly<Record<string, string>>[] | undefined;
  readonly toCIDRSet?:
    | readonly { readonly cidr: string; readonly except?: readonly string[] | undefined }[]
    | undefined;
  readonly toPorts?: readonly { readonly ports: readonly PortText[] }[] | undefined;
}

const many = 1_000_000;
const portShape = recordShape<PortText>({
  port: textShape(5),
  endPort: optional({
    problem: (value, pointer) => (typeof value === 'number' ? undefined : { pointer, expected: 'a number' }),
  }),
  protocol: textShape(3),
});
const egressShape = recordShape<EgressRule>({
  toFQDNs: optional(listShape(mapShape(textShape(300), 1), many)),
  toCIDRSet: optional(
    listShape(
      recordShape<{ cidr: string; except?: readonly string[] | undefined }>({
        cidr: textShape(50),
        except: optional(listShape(textShape(50), many)),
      }),
      many,
    ),
  ),
  toPorts: optional(
    listShape(recordShape<{ ports: readonly PortText[] }>({ ports: listShape(portShape, many) }), many),
  ),
});
const shape = recordShape<{
  spec: { egress: readonly EgressRule[]; egressDeny?: readonly EgressRule[] | undefined };
}>({
  spec: recordShape<{ egress: readonly EgressRule[]; egressDeny?: readonly EgressRule[] | undefined }>({
    egress: listShape(egressShape, many),
    egressDeny: optional(listShape(egressShape, many)),
  }),
});

/** Reads what {@link policyText} wrote, and nothing else: the same policy has to give the same text again. */
export function readPolicy(text: string): NetworkPolicy | undefined {
  const header = readHeader('#', text.split('\n', 2));
  const content = header === undefined ? undefined : contentOf(text);
  if (header === undefined || content === undefined) {
    return undefined;
  }
  const { egress, egressDeny = [] } = content.spec;
  const policy: NetworkPolicy = {
    header,
    names: egress.flatMap((rule) =>
      rule.toFQDNs === undefined ? [] : [{ service: serviceOf(rule), members: rule.toFQDNs.flatMap(nameOf) }],
    ),
    allowed: egress.flatMap(cidrGroups),
    denied: egressDeny.flatMap(cidrGroups),
  };
  return policyText(policy) === text ? policy : undefined;
}

function contentOf(text: string) {
  try {
    const value: unknown = parse(text, { maxAliasCount: 0, logLevel: 'silent' });
    return hasShape(shape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(selector: Readonly<Record<string, string>>): readonly Match[] {
  const { matchName, matchPattern = '' } = selector;
  const host = readHost(matchName ?? matchPattern.replace(/^\*\./, ''));
  return host === undefined
    ? []
    : [{ kind: matchName === undefined ? 'oneLabel' : 'host', value: host.value }];
}

function cidrGroups(rule: EgressRule): readonly Group<CidrRule>[] {
  return rule.toCIDRSet === undefined
    ? []
    : [
        {
          service: serviceOf(rule),
          members: rule.toCIDRSet
            .map(({ cidr, except = [] }) => ({ cidr, except }))
            .filter(({ cidr, except }) => [cidr, ...except].every(isCidr)),
        },
      ];
}

function serviceOf({ toPorts = [] }: EgressRule) {
  const ports = toPorts.flatMap((entry) => entry.ports);
  const of = (protocol: Protocol): readonly PortRange[] =>
    ports
      .filter((port) => port.protocol === protocol.toUpperCase())
      .map(({ port, endPort }) =>
        port === '0' ? { first: 0, last: 65_535 } : { first: Number(port), last: endPort ?? Number(port) },
      );
  return { tcp: of('tcp'), udp: of('udp') };
}
