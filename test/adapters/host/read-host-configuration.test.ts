import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { describe, expect, it } from 'vitest';
import { readHostConfiguration } from '../../../src/adapters/host/read-host-configuration.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

function read(text: string, environment: Readonly<Record<string, string>> = {}) {
  const home = temporaryFolder();
  mkdirSync(join(home, '.config/sandkiln'), { recursive: true });
  writeFileSync(join(home, '.config/sandkiln/host.yaml'), text);
  return readHostConfiguration({ HOME: home, ...environment });
}

describe('the host configuration', () => {
  it.each([
    ['host.yaml', 0o664, /host\.yaml has mode 0664/, /^chmod go-w .*host\.yaml$/],
    ['host.yaml', 0o646, /host\.yaml has mode 0646/, /^chmod go-w .*host\.yaml$/],
    ['.', 0o777, /sandkiln has mode 0777/, /^chmod go-w .*sandkiln$/],
  ])(
    'is refused where others could name commands in it: %s with mode %o',
    async (name, mode, says, remedy) => {
      const home = temporaryFolder();
      const folder = join(home, '.config/sandkiln');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'host.yaml'), 'jobs: 3\n', { mode: 0o644 });
      expect(expectValue(await readHostConfiguration({ HOME: home })).jobs).toBe(3);
      chmodSync(join(folder, name), mode);
      const refused = expectDiagnostic(await readHostConfiguration({ HOME: home }));
      expect(refused.message).toMatch(says);
      expect(refused.hint).toMatch(remedy);
    },
  );

  it.runIf(process.getuid?.() === 0)('is refused where it belongs to another user', async () => {
    const home = temporaryFolder();
    const folder = join(home, '.config/sandkiln');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'host.yaml'), 'jobs: 3\n');
    chownSync(join(folder, 'host.yaml'), 65_534, 65_534);
    const refused = expectDiagnostic(await readHostConfiguration({ HOME: home }));
    expect(refused.message).toMatch(/host\.yaml belongs to another user \(65534\)/);
  });

  it.each(['SANDKILN_KEY', 'SANDKILN_STORE', 'SANDKILN_CACHE'])(
    'takes no path below /proc in %s',
    async (name) => {
      const refused = expectDiagnostic(await read('', { [name]: '/dev/../proc/x/y' }));
      expect(refused.hint).toContain('/proc');
    },
  );

  it('has defaults for everything', async () => {
    const configuration = expectValue(await readHostConfiguration({ HOME: '/nonexistent' }));
    expect(configuration).toMatchObject({ cacheFolder: '/nonexistent/.cache/sandkiln', builders: new Map() });
    expect(expectValue(await read('# nothing yet\n')).builders.size).toBe(0);
  });

  it('names the builders of the host with their commands', async () => {
    const text = [
      'jobs: 3',
      'builders:',
      '  alpine:',
      '    command: [/opt/alpine/build, --branch, "3.20"]',
      '    version: 2026-1',
      '  quick: {command: [/usr/bin/quick]}',
    ].join('\n');
    const { builders, jobs } = expectValue(await read(text));
    expect(jobs).toBe(3);
    expect([...builders]).toEqual([
      ['alpine', { command: ['/opt/alpine/build', '--branch', '3.20'], version: '2026-1' }],
      ['quick', { command: ['/usr/bin/quick'] }],
    ]);
  });

  it('is overruled by variables', async () => {
    expect(expectValue(await read('store: /a', { SANDKILN_STORE: '/b' })).storeFolder).toBe('/b');
  });

  it.each([
    ['a setting that is not known', 'stor: /a', 1, 1, '"stor" is not a setting'],
    ['a value of another form', 'jobs: many', 1, 7, 'is "many"'],
    ['a path that is not absolute', 'key: /k\nstore: here', 2, 8, 'is "here"'],
    ['a list instead of a text', 'store: [/a]', 1, 8, 'store has not one value'],
    ['an alias', 'key: &k /k\nstore: *k', 2, 8, 'store has not one value'],
    ['no map', '- key', 1, 1, 'it is not a map'],
    ['a setting twice', 'key: /a\nkey: /b', 2, 1, 'unique'],
    ['broken YAML', 'key: [', 1, 7, ''],
    ['builders that are no map', 'builders: quick', 1, 11, 'builders is not a map'],
    ['a builder that is no map', 'builders: {quick: /usr/bin/quick}', 1, 19, 'builders.quick is not a map'],
    ['a builder without command', 'builders: {quick: {version: "1"}}', 1, 19, 'has no command'],
    [
      'a field that builders have not',
      'builders: {quick: {command: [/q], shell: sh}}',
      1,
      35,
      '"shell" is no field',
    ],
    ['a command that is one text', 'builders: {quick: {command: /q}}', 1, 29, 'no program'],
    ['a command that is not absolute', 'builders: {quick: {command: [quick]}}', 1, 29, 'no program'],
    ['an argument that is no text', 'builders: {quick: {command: [/q, [a]]}}', 1, 29, 'no text'],
    ['no name of a builder', 'builders: {Quick: {command: [/q]}}', 1, 12, 'no name of a builder'],
    ['the name of the built-in builder', 'builders: {mmdebstrap: {command: [/q]}}', 1, 12, 'is built in'],
    ['no version', 'builders: {q1: {command: [/q], version: "a b"}}', 1, 41, 'is no version'],
  ])('is refused with %s, at its place', async (_what, text, line, column, says) => {
    const diagnostic = expectDiagnostic(await read(text));
    expect(diagnostic.code).toBe('SK9010');
    expect(diagnostic.message).toContain(says);
    expect(diagnostic.place).toMatchObject({
      start: { line, column },
      sourceLine: text.split('\n')[line - 1],
    });
  });

  it('is refused where it is no file', async () => {
    const home = temporaryFolder();
    mkdirSync(join(home, '.config/sandkiln/host.yaml'), { recursive: true });
    expect(expectDiagnostic(await readHostConfiguration({ HOME: home })).code).toBe('SK9010');
    const other = temporaryFolder();
    mkdirSync(join(other, '.config/sandkiln'), { recursive: true });
    symlinkSync('host.yaml', join(other, '.config/sandkiln/host.yaml'));
    expect(expectDiagnostic(await readHostConfiguration({ HOME: other })).message).toContain('ELOOP');
  });
});
