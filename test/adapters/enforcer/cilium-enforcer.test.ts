import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Ajv } from 'ajv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ciliumEnforcer } from '../../../src/adapters/enforcer/cilium/cilium-enforcer.ts';
import type { EnforcerInput } from '../../../src/adapters/enforcer/enforcer.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../rig/enforcer-input.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';

const ajv = new Ajv({ strict: false, formats: { cidr: isCidr, int32: true, 'idn-hostname': true } });
const isPolicy = ajv.compile(
  JSON.parse(
    readFileSync(new URL('../../fixtures/cilium/ciliumnetworkpolicy-v2.json', import.meta.url), 'utf8'),
  ),
);

describe('a CiliumNetworkPolicy', () => {
  it.each([
    ['kept', {}],
    ['with expiry left to others', { leftToOthers: new Set(['expiry'] as const) }],
  ])('allows nothing that the list denies and keeps quiet about no loss: %s', (_, more) => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        expect(unfaithfulness(ciliumEnforcer, enforcerInput(entries, more))).toEqual({
          widened: [],
          keptQuiet: [],
        });
      }),
      { numRuns: 500 },
    );
  });

  it('is one by the schema of Cilium, and the schema refuses what is none', () => {
    fc.assert(
      fc.property(anyEntries, (entries) => {
        const policy: unknown = parse(textOf(enforcerInput(entries)));
        expect(isPolicy(policy), JSON.stringify(isPolicy.errors)).toBe(true);
      }),
      { numRuns: 100 },
    );
    const wrong = { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: {} };
    expect(
      isPolicy({ ...wrong, spec: { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'a b' }] }] } }),
    ).toBe(false);
    expect(isPolicy({ ...wrong, spec: { egress: [{}] } })).toBe(false);
  });

  it('says names with a rule for DNS, networks with exceptions, and what is denied whatever resolves there', () => {
    const tcp = { protocols: ['tcp'], ports: [{ first: 443, last: 443 }] } as const;
    const input = enforcerInput([
      allowEntry({ kind: 'host', value: 'a.example.org' }, tcp),
      allowEntry({ kind: 'oneLabel', value: 'example.org' }, tcp),
      allowEntry({ kind: 'cidr', value: '198.51.100.0/24' }, { protocols: ['udp'] }),
      allowEntry({ kind: 'ip', value: '198.51.100.7' }, { effect: 'deny' }),
    ]);
    expect(textOf(input)).toBe(`# sandkiln allow-list lab, revision 7
# set ${input.set}
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  name: "lab"
  annotations:
    sandkiln/revision: "7"
    sandkiln/set: "${input.set}"
spec:
  endpointSelector:
    matchLabels:
      sandkiln/allow-list: "lab"
  egress:
    - toEndpoints:
        - matchLabels: {"k8s:io.kubernetes.pod.namespace": kube-system, "k8s:k8s-app": kube-dns}
      toPorts:
        - ports:
            - {port: "53", protocol: UDP}
            - {port: "53", protocol: TCP}
          rules:
            dns:
              - {matchName: "a.example.org"}
              - {matchPattern: "*.example.org"}
    - toFQDNs:
        - {matchName: "a.example.org"}
        - {matchPattern: "*.example.org"}
      toPorts:
        - ports:
            - {port: "443", protocol: TCP}
    - toCIDRSet:
        - {cidr: "198.51.100.0/24", except: ["198.51.100.7/32"]}
      toPorts:
        - ports:
            - {port: "0", protocol: UDP}
  egressDeny:
    - toCIDRSet:
        - {cidr: "198.51.100.7/32"}
      toPorts:
        - ports:
            - {port: "0", protocol: TCP}
            - {port: "0", protocol: UDP}
`);
  });

  it('denies everything for an empty list', () => {
    expect(parse(textOf(enforcerInput([]))).spec.egress).toEqual([{}]);
  });

  it('narrows names of any depth to one label and says so', () => {
    const entry = allowEntry({ kind: 'apexAndSubdomains', value: 'example.org' });
    const { files, losses } = expectValue(ciliumEnforcer.compile(enforcerInput([entry])));
    expect(losses).toEqual([{ entry, kind: 'narrowed', reason: 'a wildcard is one label in Cilium' }]);
    expect(expectValue(ciliumEnforcer.readBack(files)).map(({ match }) => match)).toContainEqual({
      kind: 'oneLabel',
      value: 'example.org',
    });
  });

  it('leaves out names of which some are denied, as no name can be denied', () => {
    const wide = allowEntry({ kind: 'oneLabel', value: 'example.org' });
    const hole = allowEntry({ kind: 'host', value: 'a.example.org' }, { effect: 'deny' });
    const { losses } = expectValue(ciliumEnforcer.compile(enforcerInput([wide, hole])));
    expect(losses).toEqual([
      { entry: wide, kind: 'omitted', reason: 'Cilium cannot deny some of the names' },
    ]);
  });

  it('splits ports that are more than one entry holds', () => {
    const ports = Array.from({ length: 50 }, (_, index) => ({ first: 2 * index + 1, last: 2 * index + 1 }));
    const entry = allowEntry({ kind: 'ip', value: '198.51.100.7' }, { protocols: ['tcp'], ports });
    const input = enforcerInput([entry]);
    const [rule] = parse(textOf(input)).spec.egress;
    expect(rule.toPorts.map((each: { ports: unknown[] }) => each.ports.length)).toEqual([40, 10]);
    expect(unfaithfulness(ciliumEnforcer, input)).toEqual({ widened: [], keptQuiet: [] });
  });

  it('is refused where Kubernetes would not take it, with its size', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      allowEntry({ kind: 'host', value: `h${index}.example.org` }),
    );
    const { code, message } = expectDiagnostic(ciliumEnforcer.compile(enforcerInput(entries)));
    expect(code).toBe('SK7210');
    expect(message).toMatch(/\d{7} bytes with 100000 entries/);
  });

  it('is refused for a name that no label can have', () => {
    expect(expectCodes(ciliumEnforcer.compile(enforcerInput([], { list: 'a'.repeat(64) })))).toEqual([
      'SK7210',
    ]);
  });

  it.each([
    ['an entity', '    - toEntities: [world]\n'],
    ['a rule without ports', '    - toCIDRSet:\n        - {cidr: "0.0.0.0/0"}\n'],
    ['an alias', '    - &all {}\n    - *all\n'],
  ])('is not read back with %s added', (_, added) => {
    const text = textOf(enforcerInput([allowEntry({ kind: 'ip', value: '198.51.100.7' })]));
    const bytes = Buffer.from(text.replace('  egress:\n', `  egress:\n${added}`));
    expect(expectCodes(ciliumEnforcer.readBack([{ name: 'lab.cilium.yaml', bytes }]))).toEqual(['SK7211']);
  });
});

function textOf(input: EnforcerInput): string {
  const [file] = expectValue(ciliumEnforcer.compile(input)).files;
  return Buffer.from(file?.bytes ?? []).toString();
}

function isCidr(text: string): boolean {
  const [address = '', length = ''] = text.split('/');
  return isIP(address) !== 0 && Number(length) <= (isIP(address) === 4 ? 32 : 128);
}
