import { describe, expect, it } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { alwaysDenied, defaultSinkhole } from '../../../src/allow-list/always-deny.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import { enforcerNames, openEnforcer } from '../../../src/compose-enforcers.ts';
import { allowEntry } from '../../rig/allow-entries.ts';
import { enforcerInput } from '../../rig/enforcer-input.ts';
import { expectValue } from '../../rig/expect-result.ts';

const web = [{ first: 443, last: 443 }];

/** A list as repositories have it: a few entries, and all that is always denied. */
const entries = [
  allowEntry({ kind: 'apexAndSubdomains', value: 'debian.org' }, { protocols: ['tcp'], ports: web }),
  allowEntry({ kind: 'host', value: 'example.com' }),
  allowEntry({ kind: 'cidr', value: '93.184.216.0/24' }),
  allowEntry({ kind: 'ip', value: '2606:2800:220:1::1' }),
  ...alwaysDenied({ permit: [], sinkhole: defaultSinkhole }),
];

describe('with everything that a repository always denies', () => {
  it.each(enforcerNames)('what %s writes is read back, and allows nothing more', async (name) => {
    const enforcer = await openEnforcer(name, { processes: createProcessRunner() }, undefined);
    for (const left of [new Set<never>(), new Set(['ports'] as const)]) {
      const { files } = expectValue(enforcer.compile(enforcerInput(entries, { leftToOthers: left })));
      const meant = left.has('ports' as never)
        ? entries.map((entry) =>
            entry.effect === 'allow' ? allowEntry(entry.match, { list: entry.list }) : entry,
          )
        : entries;
      expect(allowedOnlyBy(expectValue(enforcer.readBack(files)), meant)).toEqual([]);
    }
  });
});
