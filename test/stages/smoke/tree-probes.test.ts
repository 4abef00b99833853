import { expect, test } from 'vitest';
import type { SmokeTest } from '../../../src/stages/smoke/smoke-test.ts';
import { probeTree } from '../../../src/stages/smoke/tree-probes.ts';
import type { TreeEntry } from '../../../src/tree/tree.ts';
import { file, hardLink, link, treeOf } from '../../rig/tree-builder.ts';

const good: readonly TreeEntry[] = [
  file('usr/lib/os-release', 'ID=debian\n'),
  link('etc/os-release', '../usr/lib/os-release'),
  file('etc/passwd', 'root:x:0:0:root:/root:/bin/bash\n'),
  file('etc/shadow', 'root:*:1::::::\n'),
  file('etc/machine-id', 'uninitialized\n'),
];

/** Names of the tests that failed. */
function failed(entries: readonly TreeEntry[], tests: readonly SmokeTest[] = []): readonly string[] {
  return probeTree({ tests, impossible: [] }, treeOf(...entries))
    .results.filter(({ outcome }) => outcome === 'failed')
    .map(({ name, detail }) => `${name}: ${detail}`);
}

function replaced(entry: TreeEntry): readonly TreeEntry[] {
  return [...good.filter(({ path }) => path !== entry.path), entry];
}

test('a tree that is in order passes the built-in checks', () => {
  expect(failed(good)).toEqual([]);
});

test.each([
  ['a link that leads nowhere as os-release', link('usr/lib/os-release', 'gone'), 'os-release'],
  ['a host key', file('etc/ssh/ssh_host_ed25519_key', 'k'), 'SSH host keys'],
  ['a machine id', file('etc/machine-id', `${'a'.repeat(32)}\n`), 'machine id'],
  ['an empty password in shadow', file('etc/shadow', 'daemon:*:1\nroot::1::::::\n'), 'empty password'],
  ['an empty password in passwd', file('etc/passwd', 'root::0:0:root:/root:/bin/sh\n'), 'empty password'],
])('the built-in checks find %s', (_, entry, part) => {
  expect(failed(replaced(entry))).toEqual([expect.stringContaining(part)]);
});

test.each<[string, SmokeTest['file'] & {}, string | undefined]>([
  ['a file that is there', { path: '/etc/passwd' }, undefined],
  ['a file through a link', { path: '/etc/os-release', contains: 'ID=debian', mode: '0644' }, undefined],
  ['a hard link', { path: '/etc/other', contains: 'root:' }, undefined],
  ['a file that must not be there', { path: '/etc/gone', exists: false }, undefined],
  ['a missing file', { path: '/etc/gone' }, '/etc/gone is not there'],
  ['an unwanted file', { path: '/etc/passwd', exists: false }, '/etc/passwd is there'],
  ['another mode', { path: '/etc/passwd', mode: '0600' }, '/etc/passwd has mode 0644 instead of 0600'],
  ['another text', { path: '/etc/passwd', contains: 'toor' }, '/etc/passwd does not contain "toor"'],
  ['a folder that should contain text', { path: '/etc', contains: 'x' }, '/etc does not contain "x"'],
])('file tests: %s', (_, probe, problem) => {
  const entries = [...good, hardLink('etc/other', 'etc/passwd')];
  expect(failed(entries, [{ name: 'probe', file: probe }])).toEqual(
    problem === undefined ? [] : [`probe: ${problem}`],
  );
});

test('finds a text that stands across the pieces that a large file is read in', () => {
  const bytes = Buffer.alloc(2 * 1024 * 1024, 'x');
  bytes.write('needle', 1024 * 1024 - 3);
  const test = { name: 'probe', file: { path: '/big', contains: 'needle' } };
  expect(failed([...good, file('big', bytes)], [test])).toEqual([]);
});
