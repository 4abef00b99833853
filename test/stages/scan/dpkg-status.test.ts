import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDpkgStatus } from '../../../src/stages/scan/dpkg-status.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';

const statusFile = '/var/lib/dpkg/status';

function parse(text: string) {
  return parseDpkgStatus(text, 'var/lib/dpkg/status');
}

const bash = 'Package: bash\nStatus: install ok installed\nVersion: 5.2-2+b7\nArchitecture: amd64\n';

describe('the dpkg status of a real system', () => {
  it.skipIf(!existsSync(statusFile))('is read as dpkg-query reads it', () => {
    const fields = [
      'Package',
      'Version',
      'Architecture',
      'source:Package',
      'source:Version',
      'Installed-Size',
      'Section',
    ];
    const format = `\${db:Status-Status}\\t${fields.map((field) => `\${${field}}`).join('\\t')}\\n`;
    const expected = execFileSync('dpkg-query', ['--admindir=/var/lib/dpkg', '-W', '-f', format], {
      encoding: 'utf8',
    })
      .split('\n')
      .filter((line) => line !== '' && !/^(?:not-installed|config-files)\t/.test(line))
      .map((line) => line.slice(line.indexOf('\t') + 1));
    const found = expectValue(parse(readFileSync(statusFile, 'utf8'))).map((entry) =>
      [
        entry.name,
        entry.version,
        entry.architecture,
        entry.source,
        entry.sourceVersion,
        entry.installedSizeBytes / 1024,
        entry.section ?? '',
      ].join('\t'),
    );
    expect(found.length).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(expected.toSorted());
  });
});

describe('reading a dpkg status', () => {
  it('gives sources, relations and the purl form of the source', () => {
    const text = `${bash}Source: bash-src (5.2-2)\nDepends: libc6 (>= 2.36), debconf:any | cdebconf [amd64]\nPre-Depends: libtinfo6\nProvides: sh (= 1), shell\n`;
    expect(expectValue(parse(text))).toMatchObject([
      {
        source: 'bash-src',
        sourceVersion: '5.2-2',
        upstream: 'bash-src@5.2-2',
        depends: [['libtinfo6'], ['libc6'], ['debconf', 'cdebconf']],
        provides: ['sh', 'shell'],
      },
    ]);
    expect(expectValue(parse(bash))).toMatchObject([
      { source: 'bash', sourceVersion: '5.2-2+b7', installedSizeBytes: 0 },
    ]);
    expect(expectValue(parse(bash))[0]?.upstream).toBeUndefined();
  });

  it('leaves out what is not installed and keeps what is half configured', () => {
    const states = ['deinstall ok config-files', 'purge ok not-installed', 'install ok half-configured'];
    const text = states
      .map((state, index) => `Package: p${index}\nStatus: ${state}\nVersion: 1\nArchitecture: all\n`)
      .join('\n');
    expect(expectValue(parse(text)).map(({ name }) => name)).toEqual(['p2']);
  });

  it('counts a paragraph without status as installed, as in status.d', () => {
    expect(expectValue(parse('Package: base-files\nVersion: 12\nArchitecture: amd64\n'))).toHaveLength(1);
  });

  it('takes fields in any case and long descriptions', () => {
    const text = `package: x\nVERSION: 1\narchitecture: all\nDescription: short\n long\n .\n more: not a field\n\n\n \n${bash}`;
    expect(expectValue(parse(text)).map(({ name }) => name)).toEqual(['x', 'bash']);
  });

  it.each([
    ['a line that is no field', `${bash}what is this\n`],
    ['a continuation before any field', ` x\n${bash}`],
    ['a field twice', `${bash}Version: 2\n`],
    ['no version', 'Package: x\nArchitecture: all\n'],
    ['a name with a path', 'Package: ../x\nVersion: 1\nArchitecture: all\n'],
    ['a version with a control character', 'Package: x\nVersion: 1\u001b[2J\nArchitecture: all\n'],
    ['a source with a query', `${bash}Source: a?b=c\n`],
    ['a size that is no number', `${bash}Installed-Size: 1e9\n`],
    ['zeros', '\0'.repeat(1000)],
  ])('refuses %s', (_, text) => {
    expect(expectCodes(parse(text))).toEqual(['SK5550']);
  });

  it('never throws', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom('\n', ': ', bash, 'Package:', 'Source: a (', ' '));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(typeof parse(pieces.join('')).ok).toBe('boolean');
      }),
    );
  });
});
