import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, parseAddress, prefixesOf, rangeOf } from '../../src/allow-list/address.ts';
import { unionOf, withoutAddresses } from '../../src/allow-list/address-set.ts';

describe('addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::', '::'],
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:4', '1:0:0:2::4'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ])('are written in one way: %s as %s', (text, canonical) => {
    const address = parseAddress(text);
    expect(address && addressText(address.family, address.value)).toBe(canonical);
  });

  it.each(['010.1.1.1', '0x7f.1', '2130706433', '1.2.3', '1.2.3.4 ', 'fe80::1%eth0', '1.2.3.4.', '٣.1.1.1'])(
    'are read strictly: %s is none',
    (text) => expect(parseAddress(text)).toBeUndefined(),
  );

  it('split into prefixes that are together exactly the range', () => {
    const family = fc.constantFrom(4 as const, 6 as const);
    fc.assert(
      fc.property(family, fc.bigInt(0n, 0xffffffffn), fc.bigInt(0n, 0xffffffffn), (of, one, other) => {
        const [first, last] = one < other ? [one, other] : [other, one];
        const ranges = prefixesOf({ family: of, first, last }).map(rangeOf);
        expect(unionOf(ranges)).toEqual([{ family: of, first, last }]);
      }),
    );
  });
});

describe('sets of addresses', () => {
  const anySet = fc
    .array(fc.tuple(fc.bigInt(0n, 40n), fc.bigInt(0n, 5n)), { maxLength: 8 })
    .map((pairs) => pairs.map(([first, more]) => ({ family: 4 as const, first, last: first + more })));

  it('lose exactly what another set has', () => {
    fc.assert(
      fc.property(anySet, anySet, (left, right) => {
        const rest = withoutAddresses(unionOf(left), unionOf(right));
        for (let value = 0n; value < 50n; value++) {
          expect(holds(rest, value)).toBe(holds(left, value) && !holds(right, value));
        }
      }),
    );
  });
});

function holds(ranges: readonly { readonly first: bigint; readonly last: bigint }[], value: bigint): boolean {
  return ranges.some(({ first, last }) => first <= value && value <= last);
}
