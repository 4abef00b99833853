import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normaliseHostName } from '../../src/allow-list/host-name.ts';

describe('a host name', () => {
  test.each([
    ['deb.debian.org', 'deb.debian.org'],
    ['DEB.Debian.ORG.', 'deb.debian.org'],
    ['localhost', 'localhost'],
    ['_dmarc.example.org', '_dmarc.example.org'],
    ['r3---sn-4g5e.example.com', 'r3---sn-4g5e.example.com'],
    ['1.example', '1.example'],
    ['example.1a', 'example.1a'],
    ['faß.de', 'xn--fa-hia.de'],
    ['XN--FA-HIA.DE', 'xn--fa-hia.de'],
    ['xn--mgba3gch31f060k.example', 'xn--mgba3gch31f060k.example'],
    ['a。b．com', 'a.b.com'],
    ['Ⓔxample.com', 'example.com'],
    [`${'a'.repeat(63)}.example`, `${'a'.repeat(63)}.example`],
    [`${'a.'.repeat(126)}a.`, `${'a.'.repeat(126)}a`],
  ])('%s is %s', (written, name) => {
    expect(normaliseHostName(written)).toEqual({ ok: true, name });
  });

  test.each([
    ['SK1404', '1.2.3.4'],
    ['SK1404', '010.1.1.1'],
    ['SK1404', '0x7f.1'],
    ['SK1404', '2130706433'],
    ['SK1404', '1.2.3'],
    ['SK1404', '1.1.1.1.'],
    ['SK1404', 'example.0x1f'],
    ['SK1404', 'example.0X'],
    ['SK1404', 'example.007'],
    ['SK1404', '256.256.256.256'],
    ['SK1404', '１.2.3.4'],
    ['SK1404', '０x7f.1'],
    ['SK1404', '::1'],
    ['SK1404', '[2001:db8::1]'],
    ['SK1403', '*.example.org'],
    ['SK1403', 'a*b.example.org'],
    ['SK1403', '*'],
    ['SK1402', 'a\u202eb.example'],
    ['SK1402', 'a\u200bb.example'],
    ['SK1402', 'a\u00adb.example'],
    ['SK1402', 'a\u0000b.example'],
    ['SK1402', 'a\tb.example'],
    ['SK1402', 'a\ud800b.example'],
    ['SK1402', 'نامه\u200cای.example'],
    ['SK1405', ''],
    ['SK1405', '.'],
    ['SK1405', 'a..b.example'],
    ['SK1405', '.example.org'],
    ['SK1405', 'example.org..'],
    ['SK1405', '-a.example'],
    ['SK1405', 'a-.example'],
    ['SK1405', 'example.a_b'],
    ['SK1405', 'example.org/path'],
    ['SK1405', 'https://example.org'],
    ['SK1405', 'example.org:443'],
    ['SK1405', 'user@example.org'],
    ['SK1405', 'a%41b.example'],
    ['SK1405', 'a b.example'],
    ['SK1405', 'a\u00a0b.example'],
    ['SK1405', '℀.example'],
    ['SK1405', 'xn--a.example'],
    ['SK1405', 'xn--abc-.example'],
    ['SK1405', `${'a'.repeat(64)}.example`],
    ['SK1405', `${'é'.repeat(60)}.example`],
    ['SK1405', `${'a.'.repeat(127)}a`],
    ['SK1405', 'a'.repeat(100_000)],
  ])('%s refuses %j', (code, written) => {
    const refused = normaliseHostName(written);
    expect(refused.ok ? refused.name : refused.problem.code).toBe(code);
  });

  test('that hides characters is shown with them escaped', () => {
    const refused = normaliseHostName('a\u202eb\u200b.example');
    expect(refused.ok ? '' : refused.problem.message).toBe(
      '"a\\u{202e}b\\u{200b}.example" holds U+202E, a character that is not seen',
    );
  });

  test('with a wildcard is answered with what can be written in its place', () => {
    const refused = normaliseHostName('*.example.org');
    expect(refused.ok ? '' : refused.problem.hint).toMatch(
      /oneLabel: "example\.org".*subdomains: "example\.org"/,
    );
  });

  test('in normal form is its own normal form, in LDH, and never an address', () => {
    const label = fc.oneof(
      fc.stringMatching(/^[a-zA-Z0-9_-]{1,8}$/),
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
      fc.stringMatching(/^xn--[a-z0-9-]{1,8}$/),
      fc.constantFrom('0x7f', '1', '۱', '１', 'ß', 'ﬀ', ''),
    );
    const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
    fc.assert(
      fc.property(name, (written) => {
        const host = normaliseHostName(written);
        if (host.ok) {
          expect(normaliseHostName(host.name)).toEqual(host);
          expect(host.name).toMatch(
            /^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
          );
          expect(isIP(host.name)).toBe(0);
          expect(new URL(`http://${host.name}/`).hostname).toBe(host.name);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
