import { describe, expect, it } from 'vitest';
import { ciliumEnforcer } from '../../../src/adapters/enforcer/cilium/cilium-enforcer.ts';
import { csvEnforcer } from '../../../src/adapters/enforcer/csv/csv-enforcer.ts';
import { daytonaEnforcer } from '../../../src/adapters/enforcer/daytona-enforcer.ts';
import { e2bEnforcer } from '../../../src/adapters/enforcer/e2b-enforcer.ts';
import type { Enforcer } from '../../../src/adapters/enforcer/enforcer.ts';
import { jsonlEnforcer } from '../../../src/adapters/enforcer/jsonl-enforcer.ts';
import { mispEnforcer } from '../../../src/adapters/enforcer/misp-enforcer.ts';
import { modalEnforcer } from '../../../src/adapters/enforcer/modal-enforcer.ts';
import { stixEnforcer } from '../../../src/adapters/enforcer/stix/stix-enforcer.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import { everyPort } from '../../../src/allow-list/port-set.ts';
import type { AllowEntry, Match } from '../../../src/model/allow-list.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';

const matches: readonly Match[] = [
  { kind: 'host', value: 'a.example.org' },
  { kind: 'subdomains', value: 'example.org' },
  { kind: 'apexAndSubdomains', value: 'example.org' },
  { kind: 'oneLabel', value: 'example.org' },
  { kind: 'ip', value: '198.51.100.7' },
  { kind: 'cidr', value: '198.51.100.0/24' },
];
const web = [80, 443].map((port) => ({ first: port, last: port }));
const tls = web.slice(1);
const address = matches.filter(({ kind }) => kind === 'ip');
const network = allowEntry({ kind: 'cidr', value: '198.51.100.0/24' });
const six = allowEntry({ kind: 'ip', value: '2001:db8::7' });

describe.each([
  ciliumEnforcer,
  csvEnforcer,
  daytonaEnforcer,
  e2bEnforcer,
  jsonlEnforcer,
  mispEnforcer,
  modalEnforcer,
  stixEnforcer,
])('$name', (enforcer) => {
  const { abilities } = enforcer;

  it('says the kinds of match exactly that it declares, and no others', () => {
    const exact = matches.filter((match) =>
      // With a name, some open certain ports and no more.
      [
        allowEntry(match),
        allowEntry(match, { protocols: ['tcp'], ports: web }),
        allowEntry(match, { protocols: ['tcp'], ports: tls }),
      ].some((entry) => isExact(enforcer, [entry])),
    );
    expect(exact.map(({ kind }) => kind)).toEqual(abilities.matches);
  });

  it('says IPv6, ports, protocols and ends where it declares so', () => {
    const limited = (rest: Partial<AllowEntry>) =>
      address.every((match) => isExact(enforcer, [allowEntry(match, rest)]));
    expect({
      ipv6: isExact(enforcer, [six]),
      ports: limited({ ports: tls }),
      protocols: limited({ protocols: ['udp'], ports: everyPort }),
      expiry: limited({ expiresAt: '2027-01-31T00:00:00Z' }),
    }).toEqual({
      ipv6: abilities.ipv6,
      ports: abilities.ports,
      protocols: abilities.protocols,
      expiry: abilities.expiry,
    });
  });

  it('takes what is denied out of a network', () => {
    const denied = allowEntry({ kind: 'cidr', value: '198.51.100.128/25' }, { effect: 'deny' });
    expect(isExact(enforcer, [network, denied])).toBe(true);
  });
});

function isExact(enforcer: Enforcer, entries: readonly AllowEntry[]): boolean {
  const { files, losses } = expectValue(enforcer.compile(enforcerInput(entries)));
  const rules = expectValue(enforcer.readBack(files));
  return losses.length === 0 && allowedOnlyBy(entries, rules).length === 0;
}
