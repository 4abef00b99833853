import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseAddress, normaliseNetwork } from '../../src/allow-list/address-match.ts';

describe('an address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::', '::'],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ])('%s is %s', (written, value) => {
    expect(normaliseAddress(written)).toEqual({ ok: true, match: { kind: 'ip', value } });
  });

  test.each([
    ['010.1.1.1', /four numbers in decimal/],
    ['0x7f.1', /four numbers in decimal/],
    ['2130706433', /four numbers in decimal/],
    ['1.2.3', /four numbers in decimal/],
    ['1.1.1.1.', /four numbers in decimal/],
    [' 1.1.1.1', /one address/],
    ['１.1.1.1', /one address/],
    ['fe80::1%eth0', /without its zone/],
    ['192.0.2.0/24', /under cidr/],
    ['::ffff:192.0.2.1', /write the IPv4 address, 192\.0\.2\.1/],
    ['::ffff:c000:201', /write the IPv4 address, 192\.0\.2\.1/],
    ['example.org', /under host/],
    ['', /one address/],
  ])('is not %j', (written, hint) => {
    const refused = normaliseAddress(written);
    expect(refused).toMatchObject({ ok: false, problem: { code: 'SK1406' } });
    expect(refused.ok ? '' : refused.problem.hint).toMatch(hint);
  });
});

describe('a network', () => {
  test.each([
    ['10.0.0.0/8', { kind: 'cidr', value: '10.0.0.0/8' }],
    ['0.0.0.0/0', { kind: 'cidr', value: '0.0.0.0/0' }],
    ['192.0.2.7/32', { kind: 'ip', value: '192.0.2.7' }],
    ['2001:DB8::/32', { kind: 'cidr', value: '2001:db8::/32' }],
    ['2001:db8::1/128', { kind: 'ip', value: '2001:db8::1' }],
  ])('%s is %j', (written, match) => {
    expect(normaliseNetwork(written)).toEqual({ ok: true, match });
  });

  test.each([
    ['SK1408', '10.0.0.1/8', /10\.0\.0\.0\/8/],
    ['SK1408', '2001:db8::1/32', /2001:db8::\/32/],
    ['SK1407', '10.0.0.0', /under ip/],
    ['SK1407', '10.0.0.0/08', /length of the prefix/],
    ['SK1407', '10.0.0.0/33', /length of the prefix/],
    ['SK1407', '10.0.0.0/8/8', /under ip/],
    ['SK1407', '10.0.0.0/', /length of the prefix/],
    ['SK1407', '10/8', /length of the prefix/],
    ['SK1407', '10.0.0.0/255.0.0.0', /length of the prefix/],
    ['SK1407', 'fe80::%1/64', /length of the prefix/],
    ['SK1406', '::ffff:192.0.2.0/120', /192\.0\.2\.0/],
  ])('%s refuses %s', (code, written, hint) => {
    const refused = normaliseNetwork(written);
    expect(refused).toMatchObject({ ok: false, problem: { code } });
    expect(refused.ok ? '' : refused.problem.hint).toMatch(hint);
  });

  test('in normal form holds what the text says, and is its own normal form', () => {
    const network = fc.oneof(
      fc.tuple(fc.ipV4(), fc.nat(32)).map(([address, length]) => `${address}/${length}`),
      fc.tuple(fc.ipV6(), fc.nat(128)).map(([address, length]) => `${address}/${length}`),
    );
    fc.assert(
      fc.property(network, (written) => {
        const refused = normaliseNetwork(written);
        const hint = refused.ok
          ? written
          : (/write the network, (\S+),/.exec(refused.problem.hint)?.[1] ?? '');
        const normal = hint === '' ? refused : normaliseNetwork(hint);
        if (normal.ok) {
          const { value, kind } = normal.match;
          const again = kind === 'ip' ? normaliseAddress(value) : normaliseNetwork(value);
          expect(again).toEqual(normal);
          const [address = '', length] = written.split('/');
          const list = new BlockList();
          const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
          list.addSubnet(value.split('/')[0] ?? '', Number(length), family);
          expect(list.check(address, family)).toBe(true);
        }
      }),
    );
  });
});
