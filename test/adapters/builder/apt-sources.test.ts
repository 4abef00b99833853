import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseDeb822Sources,
  parseOneLineSources,
} from '../../../src/adapters/builder/mmdebstrap/apt-sources.ts';
import { transportLines } from '../../../src/adapters/builder/mmdebstrap/host-apt.ts';
import { mirrorUrls } from '../../../src/adapters/builder/mmdebstrap/mirrors.ts';
import { imageSourceLines } from '../../../src/adapters/builder/mmdebstrap/source-lines.ts';

describe('sources of the host', () => {
  test('are read from one-line files with and without options, comments left out', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb http://deb.example/debian/ bookworm main contrib # near',
      'deb [arch=amd64 signed-by=/k.gpg] https://s.example/debian-security bookworm-security main',
      'deb-src http://deb.example/debian bookworm main',
    ].join('\n');
    expect(parseOneLineSources(text)).toEqual([
      { url: 'http://deb.example/debian', suite: 'bookworm', components: ['main', 'contrib'] },
      { url: 'https://s.example/debian-security', suite: 'bookworm-security', components: ['main'] },
    ]);
  });

  test('are read from deb822 files, one for each address and suite, without disabled and source ones', () => {
    const text =
      'Types: deb deb-src\n# a comment inside\nURIs: http://a.example/debian\nSuites: bookworm\n bookworm-updates\nComponents: main\n\n' +
      'Types: deb\nEnabled: no\nURIs: http://b.example/\nSuites: bookworm\nComponents: main\n\n' +
      'Types: deb-src\nURIs: http://c.example/\nSuites: bookworm\nComponents: main\n';
    expect(parseDeb822Sources(text)).toEqual([
      { url: 'http://a.example/debian', suite: 'bookworm', components: ['main'] },
      { url: 'http://a.example/debian', suite: 'bookworm-updates', components: ['main'] },
    ]);
  });

  test('are never an exception, whatever the files hold', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('d', 'e', 'b', ' ', '\n', ':', '[', ']', '#', '\t') }),
        (text) => {
          parseOneLineSources(text);
          parseDeb822Sources(text);
        },
      ),
    );
  });
});

describe('the mirror', () => {
  const suites = ['bookworm', 'bookworm-security'];
  const host = parseOneLineSources(
    'deb http://other.example/x stable main\ndeb http://near.example/debian bookworm main\ndeb http://near.example/security bookworm-security main',
  );

  test("is the repository's, else the host's for the same suite, else Debian's", () => {
    expect(mirrorUrls({ url: 'http://own.example/debian/' }, suites, host)).toEqual({
      url: 'http://own.example/debian',
      securityUrl: 'http://near.example/security',
    });
    expect(mirrorUrls({}, suites, [])).toEqual({
      url: 'http://deb.debian.org/debian',
      securityUrl: 'http://deb.debian.org/debian-security',
    });
  });

  test('is not taken from a source that is no web address', () => {
    const odd = parseOneLineSources('deb cdrom:[Debian]/ bookworm main\ndeb file:/srv/debian bookworm main');
    expect(mirrorUrls({}, suites, odd).url).toBe('http://deb.debian.org/debian');
  });

  test('stands in no sources.list of an image', () => {
    expect(
      imageSourceLines([
        { suite: 'bookworm', component: 'main' },
        { suite: 'bookworm', component: 'contrib' },
      ]),
    ).toBe('deb http://deb.debian.org/debian bookworm main contrib\n');
  });
});

test('of the host configuration only what says how to download is taken over', () => {
  const dump = [
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::CAInfo "/etc/ssl/own.pem";',
    'Acquire::Retries "5";',
    'Acquire::AllowInsecureRepositories "1";',
    'Acquire::IndexTargets::deb::Packages::MetaKey "evil";',
    'APT::Install-Recommends "1";',
    'Acquire::http::Proxy "x"; APT::Get::AllowUnauthenticated "1";',
    'DPkg::Pre-Invoke:: "touch /tmp/x";',
  ].join('\n');
  expect(transportLines(dump)).toEqual([
    'Acquire::http::Proxy "http://proxy.example:3128";',
    'Acquire::https::CAInfo "/etc/ssl/own.pem";',
    'Acquire::Retries "5";',
  ]);
});
