import { describe, expect, it } from 'vitest';
import { daytonaEnforcer } from '../../../src/adapters/enforcer/daytona-enforcer.ts';
import { e2bEnforcer } from '../../../src/adapters/enforcer/e2b-enforcer.ts';
import type { Enforcer, EnforcerInput } from '../../../src/adapters/enforcer/enforcer.ts';
import { mispEnforcer } from '../../../src/adapters/enforcer/misp-enforcer.ts';
import { modalEnforcer } from '../../../src/adapters/enforcer/modal-enforcer.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectCodes, expectDiagnostic, expectValue } from '../../rig/expect-result.ts';

const tcp = (...ports: readonly number[]) =>
  ({ protocols: ['tcp'], ports: ports.map((port) => ({ first: port, last: port })) }) as const;
const address = allowEntry({ kind: 'ip', value: '198.51.100.7' });
const sixth = allowEntry({ kind: 'cidr', value: '2001:db8::/32' });
const webPorts = allowEntry({ kind: 'apexAndSubdomains', value: 'example.org' }, tcp(80, 443));
const tlsPort = allowEntry({ kind: 'host', value: 'tls.example.net' }, tcp(443));

describe('options of a sandbox at E2B', () => {
  it('deny everything but what is allowed, and tell what they are', () => {
    const input = enforcerInput([address, webPorts]);
    expect(contentOf(e2bEnforcer, input)).toEqual({
      metadata: { allowList: 'lab', revision: '7', set: input.set },
      network: { allowOut: ['*.example.org', '198.51.100.7', 'example.org'], denyOut: ['0.0.0.0/0'] },
    });
    expect(expectValue(e2bEnforcer.compile(input)).losses).toEqual([]);
  });

  it('deny everything for an empty list', () => {
    expect(contentOf(e2bEnforcer, enforcerInput([]))).toMatchObject({
      network: { allowOut: [], denyOut: ['0.0.0.0/0'] },
    });
  });

  it('take a denied address out of a network, since permissions beat denials there', () => {
    const network = allowEntry({ kind: 'cidr', value: '198.51.100.0/30' });
    const denied = allowEntry({ kind: 'ip', value: '198.51.100.1' }, { effect: 'deny' });
    expect(contentOf(e2bEnforcer, enforcerInput([network, denied]))).toMatchObject({
      network: { allowOut: ['198.51.100.0', '198.51.100.2/31'] },
    });
  });

  it('leave out what they would widen', () => {
    const { losses } = expectValue(e2bEnforcer.compile(enforcerInput([sixth, tlsPort])));
    expect(losses).toEqual([
      {
        entry: tlsPort,
        kind: 'omitted',
        reason: 'E2B opens tcp 80,443 with a name, no more and no less',
      },
      { entry: sixth, kind: 'omitted', reason: 'E2B knows no IPv6' },
    ]);
  });

  it('are not read back without what denies the rest', () => {
    const text = '{"metadata": {}, "network": {"allowOut": ["198.51.100.7"], "denyOut": []}}';
    expect(expectCodes(e2bEnforcer.readBack([{ name: 'lab.e2b.json', bytes: Buffer.from(text) }]))).toEqual([
      'SK7211',
    ]);
  });
});

describe('options of a sandbox at Daytona', () => {
  it('are networks, joined where they touch', () => {
    const halves = ['198.51.100.0/25', '198.51.100.128/25'].map((value) =>
      allowEntry({ kind: 'cidr', value }),
    );
    const input = enforcerInput([...halves, address]);
    expect(contentOf(daytonaEnforcer, input)).toEqual({
      labels: { allowList: 'lab', revision: '7', set: input.set },
      networkAllowList: '198.51.100.0/24',
    });
  });

  it('block the network for a list without networks, which would else be open', () => {
    expect(contentOf(daytonaEnforcer, enforcerInput([webPorts]))).toMatchObject({ networkBlockAll: true });
    expect(contentOf(daytonaEnforcer, enforcerInput([]))).not.toHaveProperty('networkAllowList');
  });

  it('take five networks and refuse six with their number', () => {
    const entries = [1, 3, 5, 7, 9, 11].map((last) =>
      allowEntry({ kind: 'ip', value: `198.51.100.${last}` }),
    );
    expect(daytonaEnforcer.compile(enforcerInput(entries.slice(1))).ok).toBe(true);
    expect(expectDiagnostic(daytonaEnforcer.compile(enforcerInput(entries)))).toMatchObject({
      code: 'SK7210',
      message: 'the allow-list lab comes to 6 networks; Daytona takes at most 5',
    });
  });
});

describe('parameters of a sandbox at Modal', () => {
  it('always hold both lists, as an absent one would allow everything', () => {
    expect(contentOf(modalEnforcer, enforcerInput([]))).toEqual({
      outbound_cidr_allowlist: [],
      outbound_domain_allowlist: [],
    });
  });

  it('say a name at port 443, which is all that Modal opens with it', () => {
    const input = enforcerInput([tlsPort, webPorts, address]);
    expect(contentOf(modalEnforcer, input)).toEqual({
      outbound_cidr_allowlist: ['198.51.100.7/32'],
      outbound_domain_allowlist: ['*.example.org', 'example.org', 'tls.example.net'],
    });
    expect(expectValue(modalEnforcer.compile(input)).losses).toMatchObject([
      { entry: webPorts, kind: 'narrowed' },
    ]);
  });

  it('do not say names below without the name, as it is not known whether a wildcard holds it', () => {
    const below = allowEntry({ kind: 'subdomains', value: 'example.org' });
    expect(expectValue(modalEnforcer.compile(enforcerInput([below]))).losses).toMatchObject([
      { entry: below, kind: 'omitted' },
    ]);
  });

  it('take a hundred names and refuse more with their number', () => {
    const entries = Array.from({ length: 51 }, (_, index) =>
      allowEntry({ kind: 'apexAndSubdomains', value: `d${index}.example.org` }),
    );
    expect(modalEnforcer.compile(enforcerInput(entries.slice(1))).ok).toBe(true);
    expect(expectDiagnostic(modalEnforcer.compile(enforcerInput(entries)))).toMatchObject({
      code: 'SK7210',
      message: 'the allow-list lab comes to 102 names; Modal takes at most 100',
    });
  });
});

describe('MISP warninglists', () => {
  it('are one for names alone, one for names and all below, one for networks', () => {
    const host = allowEntry({ kind: 'host', value: 'a.example.org' });
    const domain = allowEntry({ kind: 'apexAndSubdomains', value: 'example.net' });
    const input = enforcerInput([host, domain, address, sixth]);
    const { files, losses } = expectValue(mispEnforcer.compile(input));
    expect(losses).toEqual([]);
    expect(files.map(({ name }) => name)).toEqual([
      'lab-domains.misp.json',
      'lab-hosts.misp.json',
      'lab-networks.misp.json',
    ]);
    const lists = files.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString()));
    expect(lists).toMatchObject([
      { type: 'hostname', version: 7, list: ['example.net'] },
      { type: 'string', version: 7, list: ['a.example.org'] },
      { type: 'cidr', version: 7, list: ['198.51.100.7/32', '2001:db8::/32'] },
    ]);
    for (const list of lists) {
      // By schema.json of MISP/misp-warninglists, which takes no other fields.
      expect(Object.keys(list).sort()).toEqual([
        'description',
        'list',
        'matching_attributes',
        'name',
        'type',
        'version',
      ]);
      expect(list.description).toContain(`the allow-list lab, revision 7, set ${input.set}`);
    }
  });

  it('do not say a name of which some below are denied', () => {
    const domain = allowEntry({ kind: 'apexAndSubdomains', value: 'example.net' });
    const hole = allowEntry({ kind: 'host', value: 'a.example.net' }, { effect: 'deny' });
    expect(expectValue(mispEnforcer.compile(enforcerInput([domain, hole]))).losses).toEqual([
      { entry: domain, kind: 'omitted', reason: 'MISP cannot deny some of the names' },
    ]);
  });
});

describe.each([e2bEnforcer, daytonaEnforcer, modalEnforcer, mispEnforcer])('$name', (enforcer) => {
  it('refuses a list that no file can be named after', () => {
    expect(expectCodes(enforcer.compile(enforcerInput([], { list: '../lab' })))).toEqual(['SK7210']);
  });

  it('does not read what is not JSON, nor fewer or more files', () => {
    const { files } = expectValue(enforcer.compile(enforcerInput([address])));
    const [first] = files;
    expect(expectCodes(enforcer.readBack([]))).toEqual(['SK7211']);
    expect(expectCodes(enforcer.readBack(first === undefined ? [] : [...files, first]))).toEqual(['SK7211']);
    expect(
      expectCodes(enforcer.readBack(files.map(({ name }) => ({ name, bytes: Buffer.from('lab') })))),
    ).toEqual(['SK7211']);
  });

  it('says nothing of a list with ends, unless others see to them', () => {
    const ending = allowEntry({ kind: 'ip', value: '198.51.100.7' }, { expiresAt: '2027-01-31T00:00:00Z' });
    const kept = expectValue(enforcer.compile(enforcerInput([ending])));
    expect(kept.losses).toMatchObject([{ entry: ending, kind: 'omitted' }]);
    expect(expectValue(enforcer.readBack(kept.files))).toEqual([]);
    const left = expectValue(
      enforcer.compile(enforcerInput([ending], { leftToOthers: new Set(['expiry']) })),
    );
    expect(left.losses).toEqual([]);
    expect(expectValue(enforcer.readBack(left.files))).toHaveLength(1);
  });

  it('says a limited entry without its ports only where others see to them', () => {
    const web = allowEntry({ kind: 'ip', value: '198.51.100.7' }, tcp(443));
    expect(expectValue(enforcer.compile(enforcerInput([web]))).losses).toMatchObject([{ kind: 'omitted' }]);
    const left = expectValue(enforcer.compile(enforcerInput([web], { leftToOthers: new Set(['ports']) })));
    expect(left.losses).toEqual([]);
    expect(expectValue(enforcer.readBack(left.files))).toHaveLength(1);
  });
});

function contentOf(enforcer: Enforcer, input: EnforcerInput): unknown {
  const [file] = expectValue(enforcer.compile(input)).files;
  return JSON.parse(Buffer.from(file?.bytes ?? []).toString());
}
