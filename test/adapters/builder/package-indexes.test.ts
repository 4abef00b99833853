import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStanza, splitStanzas } from '../../../src/adapters/builder/mmdebstrap/deb822.ts';
import { lockedPackage } from '../../../src/adapters/builder/mmdebstrap/locked-package.ts';
import { packageNames, packagesNamed } from '../../../src/adapters/builder/mmdebstrap/package-index.ts';
import { parseReleaseFile } from '../../../src/adapters/builder/mmdebstrap/release-file.ts';
import { parseSimulation } from '../../../src/adapters/builder/mmdebstrap/resolve-packages.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const hex = 'a'.repeat(64);

function stanza(fields: Record<string, string> = {}): string {
  const all = {
    Package: 'bash',
    Source: 'bash (5.2.15-2)',
    Version: '5.2.15-2+b7',
    Architecture: 'amd64',
    Filename: 'pool/main/b/bash/bash_5.2.15-2+b7_amd64.deb',
    Size: '1491088',
    SHA256: hex,
    ...fields,
  };
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

function locked(text: string) {
  const fields = parseStanza(text);
  return fields && lockedPackage(fields, 'bookworm', true);
}

describe('a stanza', () => {
  test('joins continuation lines and takes field names in any case', () => {
    expect(parseStanza('Package: a\nDESCRIPTION: one\n two\n .\n')).toEqual(
      new Map([
        ['package', 'a'],
        ['description', 'one\ntwo\n.'],
      ]),
    );
  });

  test.each(['Package: a\nPackage: b\n', ' starts with a continuation', 'no field here', ': no name', ''])(
    'is refused where it could mean two things or nothing: %j',
    (text) => {
      expect(parseStanza(text)).toBeUndefined();
    },
  );

  test('cannot reach the prototype of anything', () => {
    expect(parseStanza('__proto__: x\nconstructor: y\n')).toEqual(
      new Map([
        ['__proto__', 'x'],
        ['constructor', 'y'],
      ]),
    );
  });
});

describe('the lock entry of a package', () => {
  test('has source and source version, the binary ones where the stanza names none', () => {
    expect(locked(stanza())).toEqual({
      name: 'bash',
      version: '5.2.15-2+b7',
      architecture: 'amd64',
      source: 'bash',
      sourceVersion: '5.2.15-2',
      digest: `sha256:${hex}`,
      sizeBytes: 1491088,
      poolPath: 'pool/main/b/bash/bash_5.2.15-2+b7_amd64.deb',
      suite: 'bookworm',
      requested: true,
    });
    expect(locked(stanza({ Source: 'bash-source' }))).toMatchObject({
      source: 'bash-source',
      sourceVersion: '5.2.15-2+b7',
    });
  });

  test.each([
    { Package: '../bash' },
    { Package: '-o' },
    { Version: '1 2' },
    { Version: '$(id)' },
    { Architecture: 'amd64;' },
    { Filename: '../../etc/passwd.deb' },
    { Filename: 'pool/../../x.deb' },
    { Filename: '/pool/x.deb' },
    { Filename: 'pool/x y.deb' },
    { Filename: 'http://evil.example/x.deb' },
    { Size: '-1' },
    { Size: '1e9' },
    { SHA256: 'a'.repeat(63) },
    { Source: 'a b' },
  ])('is refused for hostile fields: %j', (fields) => {
    expect(locked(stanza(fields))).toBeUndefined();
  });
});

describe('a Packages file', () => {
  test('gives the same stanzas however they lie across the pieces it is read in', async () => {
    const path = join(temporaryFolder(), 'Packages');
    const names = Array.from({ length: 3000 }, (_, index) => `package-${index}`);
    const text = names.map((name) => stanza({ Package: name, Description: 'd'.repeat(900) })).join('\n');
    writeFileSync(path, text);
    const found: string[] = [];
    for await (const { text: one } of packagesNamed(path, new Set(names))) {
      found.push(one);
    }
    expect(found).toEqual(splitStanzas(text).map((part) => `${part.trimEnd()}\n`));
    expect(await Array.fromAsync(packageNames(path))).toEqual(names);
  });

  test('gives only the wanted names and leaves out what cannot be read', async () => {
    const path = join(temporaryFolder(), 'Packages');
    writeFileSync(
      path,
      `${stanza()}\n\n\nnot a stanza\n\nPackage: dash\nPackage: dash\n\n${stanza({ Package: 'bash-doc' })}`,
    );
    const found = await Array.fromAsync(packagesNamed(path, new Set(['bash', 'dash'])));
    expect(found.map(({ fields }) => fields.get('package'))).toEqual(['bash']);
  });
});

describe('a release file', () => {
  const body = `Suite: stable\nDate: Sat, 11 Jul 2026 10:16:37 UTC\nSHA256:\n ${hex} 123 main/binary-amd64/Packages\n short 1 x`;
  const signed = (text: string): string =>
    `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${text}\n-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n`;

  test('gives the date and the digests of the signed part', () => {
    expect(parseReleaseFile(signed(body))).toEqual({
      date: '2026-07-11T10:16:37.000Z',
      files: new Map([['main/binary-amd64/Packages', { digest: `sha256:${hex}`, sizeBytes: 123 }]]),
    });
  });

  test.each([
    body,
    `${body}\n${signed('x: y')}`,
    signed('Suite: stable'),
    signed('Date: tomorrow'),
    signed('Date: Sat, 11 Jul 2026 10:16:37 CEST'),
  ])('is refused without a signed part at the start or a date in it (%#)', (text) => {
    expect(parseReleaseFile(text)).toBeUndefined();
  });

  test('is never an exception', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseReleaseFile(signed(text))));
  });
});

test('of a simulation the installations and upgrades are taken, native or not', () => {
  const stdout = [
    'Reading package lists...',
    'Inst gcc-12-base (12.2.0-14 Debian:12.15/oldstable [amd64])',
    'Inst libc6 (2.36-9 Debian:12.15/oldstable, Debian-Security:12/oldstable-security [amd64]) []',
    'Inst bash [5.1] (1:5.2~rc1+b1 Debian:12 [all]) [x:amd64 ]',
    'Conf bash (5.2 Debian [amd64])',
    'Inst broken',
  ].join('\n');
  expect(parseSimulation(stdout)).toEqual([
    { name: 'gcc-12-base', version: '12.2.0-14', architecture: 'amd64' },
    { name: 'libc6', version: '2.36-9', architecture: 'amd64' },
    { name: 'bash', version: '1:5.2~rc1+b1', architecture: 'all' },
  ]);
});
