import { describe, expect, test } from 'vitest';
import { finishTree } from '../../../src/adapters/builder/mmdebstrap/finish-tree.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { LockedPackage, PackageLock } from '../../../src/model/package-lock.ts';
import { entryAt } from '../../../src/tree/entry-at.ts';
import { readText } from '../../../src/tree/read-text.ts';
import { expectDiagnostic, expectValue } from '../../rig/expect-result.ts';
import { file, treeOf } from '../../rig/tree-builder.ts';

function locked(name: string, more: Partial<LockedPackage> = {}): LockedPackage {
  return {
    name,
    version: '1',
    architecture: 'amd64',
    source: name,
    sourceVersion: '1',
    digest: digestOfBytes(name),
    sizeBytes: 1,
    poolPath: `pool/${name}.deb`,
    suite: 'bookworm',
    ...more,
  };
}

function lockOf(...packages: readonly LockedPackage[]): PackageLock {
  const index = { path: 'x', digest: digestOfBytes('x'), sizeBytes: 1 };
  return {
    formatVersion: 1,
    distribution: 'debian',
    release: 'bookworm',
    architecture: 'amd64',
    request: digestOfBytes('request'),
    sourceDateEpoch: 1_700_000_000,
    indexes: [
      {
        suite: 'bookworm',
        component: 'main',
        release: { ...index, date: '2023-11-14T22:13:20.000Z' },
        packages: index,
      },
    ],
    packages,
  };
}

function status(...names: readonly string[]): string {
  return names
    .map((name) => `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n`)
    .join('\n');
}

describe('a finished tree', () => {
  test('marks as automatic what nobody asked for and the first phase did not bring', () => {
    const lock = lockOf(locked('libc6'), locked('libtool'), locked('tool', { requested: true }));
    const tree = treeOf(file('var/lib/dpkg/status', status('libc6', 'libtool', 'tool')));
    const finished = expectValue(
      finishTree(tree, { lock, parent: undefined, essentialStatus: status('libc6') }),
    );
    expect(readText(finished, 'var/lib/apt/extended_states', 1000)).toBe(
      'Package: libtool\nArchitecture: amd64\nAuto-Installed: 1\n\n',
    );
    expect(readText(finished, 'etc/apt/sources.list', 1000)).toBe(
      'deb http://deb.debian.org/debian bookworm main\n',
    );
  });

  test("adds to a parent's marks and leaves its sources alone", () => {
    const parent = treeOf(
      file('var/lib/dpkg/status', status('libc6', 'perl')),
      file('var/lib/apt/extended_states', 'Package: perl\nArchitecture: amd64\nAuto-Installed: 1\n\n'),
    );
    const tree = treeOf(
      file('etc/apt/sources.list', 'own\n'),
      file('var/lib/dpkg/status', status('libc6', 'perl', 'libtool')),
    );
    const finished = expectValue(
      finishTree(tree, { lock: lockOf(locked('libtool')), parent, essentialStatus: undefined }),
    );
    expect(readText(finished, 'var/lib/apt/extended_states', 1000)).toMatch(
      /^Package: perl\n(?:.*\n)*Package: libtool\n/,
    );
    expect(readText(finished, 'etc/apt/sources.list', 1000)).toBe('own\n');
  });

  test('has nothing of mmdebstrap and no caches of other files', () => {
    const tree = treeOf(
      file('etc/apt/apt.conf.d/99mmdebstrap'),
      file('etc/dpkg/dpkg.cfg.d/99mmdebstrap'),
      file('usr/lib/python3/dist-packages/__pycache__/a.pyc'),
      file('var/cache/man/index.db'),
      file('srv/__pycache__/kept'),
      file('var/lib/dpkg/status', status('libc6')),
    );
    const finished = expectValue(
      finishTree(tree, {
        lock: lockOf(locked('libc6')),
        parent: undefined,
        essentialStatus: status('libc6'),
      }),
    );
    const files = finished.entries.filter(({ type }) => type === 'file').map(({ path }) => path);
    expect(files).toEqual(['etc/apt/sources.list', 'srv/__pycache__/kept', 'var/lib/dpkg/status']);
    expect(entryAt(finished, 'var/cache/man')?.type).toBe('folder');
  });

  test.each([
    [status('libc6'), 'tool 1 is not installed'],
    [status('libc6', 'tool', 'perl'), 'perl 1 was not locked'],
    [status('libc6', 'tool').replace(/Version: 1\n$/, 'Version: 2\n'), 'tool is 2, not 1'],
  ])('is refused where it is not what was locked (%#)', (text, difference) => {
    const tree = treeOf(file('var/lib/dpkg/status', text));
    const lock = lockOf(locked('libc6'), locked('tool'));
    const problem = expectDiagnostic(finishTree(tree, { lock, parent: undefined, essentialStatus: '' }));
    expect(problem).toMatchObject({ code: 'SK4011', message: expect.stringContaining(difference) });
  });
});
