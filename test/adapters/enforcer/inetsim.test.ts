import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInetsimEnforcer } from '../../../src/adapters/enforcer/inetsim/inetsim-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, expectFaithful } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const enforcer = createInetsimEnforcer({ processes: createProcessRunner() });
const web = [{ first: 443, last: 443 }];

function textOf(entries: Parameters<typeof enforcerInput>[0]): string {
  const [file] = expectValue(enforcer.compile(enforcerInput(entries))).files;
  return Buffer.from(file?.bytes ?? []).toString();
}

function fileOf(text: string) {
  return [{ name: 'lab.inetsim.conf', bytes: Buffer.from(text) }];
}

async function checkOf(text: string) {
  return (await enforcer.check?.(fileOf(text), testWorkContext())) ?? expect.fail();
}

describe('a configuration for INetSim', () => {
  it('passes nothing that the list denies and keeps quiet about no loss', () => {
    expectFaithful(enforcer, 300);
  });

  it('passes an address through to itself, port by port, and leaves out what is denied of it', () => {
    const text = textOf([
      allowEntry(
        { kind: 'cidr', value: '192.0.2.0/31' },
        { ports: [{ first: 80, last: 81 }], protocols: ['tcp'] },
      ),
      allowEntry({ kind: 'ip', value: '192.0.2.1' }, { effect: 'deny', ports: [{ first: 81, last: 90 }] }),
    ]);
    expect(text.split('\n').slice(2)).toEqual([
      'redirect_enabled yes',
      'redirect_unknown_services yes',
      'redirect_static_rule tcp 192.0.2.0:80 192.0.2.0:80',
      'redirect_static_rule tcp 192.0.2.0:81 192.0.2.0:81',
      'redirect_static_rule tcp 192.0.2.1:80 192.0.2.1:80',
      '',
    ]);
  });

  it('leaves out names, IPv6 and what would need too many rules', () => {
    const entries = [
      allowEntry({ kind: 'host', value: 'a.org' }, { ports: web }),
      allowEntry({ kind: 'ip', value: '2001:db8::1' }, { ports: web }),
      allowEntry({ kind: 'ip', value: '192.0.2.1' }),
      allowEntry({ kind: 'cidr', value: '192.0.0.0/8' }, { ports: web }),
    ];
    const { files, losses } = expectValue(enforcer.compile(enforcerInput(entries)));
    expect(losses.map(({ entry, kind }) => [entry, kind])).toEqual(
      entries.map((entry) => [entry, 'omitted']),
    );
    expect(expectValue(enforcer.readBack(files))).toEqual([]);
  });

  it("is accepted by INetSim's reader whatever the list says", async () => {
    for (const entries of [...fc.sample(anyEntries, { numRuns: 5, seed: 5 }), []]) {
      expect(expectValue(await checkOf(textOf(entries))).version).toMatch(/^1\./);
    }
  });

  it.each([
    ['an address that is none', 'redirect_static_rule tcp 192.0.2.1:443 x'],
    [
      'the same twice',
      'redirect_static_rule tcp 192.0.2.1:1 192.0.2.1:1\nredirect_static_rule tcp 192.0.2.1:1 192.0.2.2:1',
    ],
  ])('with %s is refused', async (_, line) => {
    expect(expectCodes(await checkOf(`${line}\n`))).toEqual(['SK7212']);
  });

  it.each([
    ['another target', (text: string) => text.replace(/443$/m, '80')],
    ['a port that nothing redirects', (text: string) => `${text}redirect_exclude_port tcp:22\n`],
    ['unknown services let through', (text: string) => text.replace('services yes', 'services no')],
  ])('is not read back with %s', (_, edit) => {
    const text = textOf([allowEntry({ kind: 'ip', value: '192.0.2.1' }, { ports: web })]);
    expect(expectValue(enforcer.readBack(fileOf(text)))).toHaveLength(2);
    expect(expectCodes(enforcer.readBack(fileOf(edit(text))))).toEqual(['SK7211']);
  });

  it('of a hundred thousand addresses is made whole', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      allowEntry(
        { kind: 'ip', value: `20.${index >> 16}.${(index >> 8) & 255}.${index & 255}` },
        { ports: web, protocols: ['tcp'] },
      ),
    );
    const input = enforcerInput(entries);
    const { files } = expectValue(enforcer.compile(input));
    const sizes = files.map(({ bytes }) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_000_000);
  });
});
