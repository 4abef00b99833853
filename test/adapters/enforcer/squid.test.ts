import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSquidEnforcer } from '../../../src/adapters/enforcer/squid/squid-enforcer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { allowedOnlyBy } from '../../../src/allow-list/destination-space.ts';
import { allowEntry, anyEntries } from '../../rig/allow-entries.ts';
import { enforcerInput, expectFaithful } from '../../rig/enforcer-input.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const enforcer = createSquidEnforcer({ processes: createProcessRunner() });
const web = [{ first: 443, last: 443 }];

function textOf(entries: Parameters<typeof enforcerInput>[0]): string {
  const [file] = expectValue(enforcer.compile(enforcerInput(entries))).files;
  return Buffer.from(file?.bytes ?? []).toString();
}

function fileOf(text: string) {
  return [{ name: 'lab.squid.conf', bytes: Buffer.from(text) }];
}

async function checkOf(text: string) {
  return (await enforcer.check?.(fileOf(text), testWorkContext())) ?? expect.fail();
}

describe('a configuration for Squid', () => {
  it('allows nothing that the list denies and keeps quiet about no loss', () => {
    expectFaithful(enforcer, 1000);
  });

  it('is accepted by squid without a complaint whatever the list says', async () => {
    for (const entries of [...fc.sample(anyEntries, { numRuns: 5, seed: 5 }), []]) {
      expect(expectValue(await checkOf(textOf(entries))).program).toBe('squid');
    }
    const everything = [
      allowEntry({ kind: 'cidr', value: '0.0.0.0/0' }),
      allowEntry({ kind: 'cidr', value: '::/0' }),
    ];
    expectValue(await checkOf(textOf(everything)));
  });

  it('says each kind of entry exactly, the nearest parent alone', () => {
    const entries = [
      allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'host', value: 'b.a.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'subdomains', value: 'c.org' }, { protocols: ['tcp'], ports: web }),
      allowEntry({ kind: 'oneLabel', value: 'd.org' }, { protocols: ['tcp'] }),
      allowEntry({ kind: 'ip', value: '192.0.2.1' }, { protocols: ['tcp'] }),
      allowEntry({ kind: 'host', value: 'bad.a.org' }, { effect: 'deny' }),
      allowEntry({ kind: 'cidr', value: '10.0.0.0/8' }, { effect: 'deny' }),
    ];
    expect(textOf(entries).split('\n').slice(2, -1)).toEqual([
      'acl other_transfers proto FTP URN',
      'acl denied_addresses_1 dst 10.0.0.0/8',
      'acl denied_names_1 dstdomain -n bad.a.org',
      'acl denied_1 all-of denied_addresses_1',
      'acl allowed_addresses_1 dst -n 192.0.2.1',
      'acl allowed_one_1 dstdom_regex -n ^[^.]+[.]d[.]org$',
      'acl allowed_ports_2 port 443',
      'acl allowed_names_2 dstdomain -n .a.org',
      'acl allowed_above_2 dstdomain -n .c.org',
      'acl allowed_apexes_2 dstdomain -n c.org',
      'http_access deny other_transfers',
      'http_access deny denied_names_1',
      'http_access allow allowed_addresses_1',
      'http_access allow allowed_one_1 !denied_1',
      'http_access allow allowed_ports_2 allowed_names_2 !denied_1',
      'http_access allow allowed_ports_2 allowed_above_2 !allowed_apexes_2 !denied_1',
      'http_access deny all',
    ]);
    expect(expectValue(enforcer.compile(enforcerInput(entries))).losses).toEqual([]);
  });

  it('never says a whole family in one prefix, which Squid takes for both families', () => {
    const text = textOf([allowEntry({ kind: 'cidr', value: '0.0.0.0/0' })]);
    expect(text).toContain(
      'acl allowed_addresses_1 dst -n 0.0.0.0/1\nacl allowed_addresses_1 dst -n 128.0.0.0/1\n',
    );
  });

  it('leaves IPv4 out of IPv6, where Squid keeps it', () => {
    const every = allowEntry({ kind: 'cidr', value: '::/0' }, { protocols: ['tcp'] });
    const { files, losses } = expectValue(enforcer.compile(enforcerInput([every])));
    expect(losses.map(({ entry, kind }) => [entry, kind])).toEqual([[every, 'narrowed']]);
    expect(allowedOnlyBy(expectValue(enforcer.readBack(files)), [every])).toEqual([]);
    expect(allowedOnlyBy([every], expectValue(enforcer.readBack(files)))).toEqual(['tcp/* ::ffff:0:0']);
  });

  it.each([
    ['an end that lets everything pass', (text: string) => text.replace('deny all', 'allow all')],
    [
      'a line more',
      (text: string) => text.replace('http_access deny all', 'http_access allow all\nhttp_access deny all'),
    ],
    ['a name that is looked up', (text: string) => text.replace('dstdomain -n', 'dstdomain')],
    ['ports less', (text: string) => text.replace('allow allowed_ports_1 ', 'allow ')],
    ['a name that is a file', (text: string) => text.replace('.a.org', '"/etc/hosts"')],
  ])('is not read back with %s', (_, edit) => {
    const text = textOf([allowEntry({ kind: 'apexAndSubdomains', value: 'a.org' }, { ports: web })]);
    expect(expectValue(enforcer.readBack(fileOf(text)))).toHaveLength(1);
    expect(expectCodes(enforcer.readBack(fileOf(edit(text))))).toEqual(['SK7211']);
  });

  it.each([
    ['a name beside its parent', 'acl n dstdomain -n .a.org\nacl n dstdomain -n b.a.org\n'],
    ['a network of everything', 'acl n dst -n 0.0.0.0/0\n'],
    ['a broken pattern', 'acl n dstdom_regex -n (\n'],
    ['a word that Squid does not know', 'acl n nothing 1\n'],
  ])('with %s is refused by squid', async (_, line) => {
    expect(expectCodes(await checkOf(`${line}http_access deny all\n`))).toEqual(['SK7212']);
  });

  it('of a hundred thousand entries is made whole', () => {
    const entries = Array.from({ length: 100_000 }, (_, index) =>
      index % 2 === 0
        ? allowEntry({ kind: 'host', value: `n${index}.d${index % 997}.org` }, { ports: web })
        : allowEntry({ kind: 'ip', value: `20.${index >> 16}.${(index >> 8) & 255}.${index & 255}` }),
    );
    const input = enforcerInput(entries);
    const { files } = expectValue(enforcer.compile(input));
    const sizes = files.map(({ bytes }) => bytes.length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(1_000_000);
  });
});
