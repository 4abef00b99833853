import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDnsmasqEnforcer } from '../../../../src/adapters/enforcer/dnsmasq/dnsmasq-enforcer.ts';
import { createProcessRunner } from '../../../../src/adapters/process/child-processes.ts';
import { anyEntries, anyEntry } from '../../../rig/allow-entries.ts';
import { enforcerInput, unfaithfulness } from '../../../rig/enforcer-input.ts';

const enforcer = createDnsmasqEnforcer({
  processes: createProcessRunner(),
  resolver: {
    upstreams: [{ address: '192.0.2.53', port: 53 }],
    listen: ['127.0.0.1'],
    port: 53,
    user: { name: 'nobody', id: 65_534 },
  },
});

const oneLabelEntries = fc.array(
  anyEntry.filter(
    ({ effect, match }) => effect === 'deny' || !['subdomains', 'apexAndSubdomains'].includes(match.kind),
  ),
  { maxLength: 12 },
);

describe('files for dnsmasq', () => {
  it.each([
    ['any list', anyEntries, {}],
    ['any list with expiry left to others', anyEntries, { leftToOthers: new Set(['expiry'] as const) }],
    [
      'a list with nothing deeper than one label',
      oneLabelEntries,
      { leftToOthers: new Set(['expiry'] as const) },
    ],
  ])('allow nothing that the list denies and keep quiet about no loss: %s', (_, lists, more) => {
    fc.assert(
      fc.property(lists, (entries) => {
        expect(unfaithfulness(enforcer, enforcerInput(entries, more))).toEqual({
          widened: [],
          keptQuiet: [],
        });
      }),
      { numRuns: 500 },
    );
  });
});
