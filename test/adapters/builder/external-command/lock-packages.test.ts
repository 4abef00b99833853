import { describe, expect, it } from 'vitest';
import { digestOfBytes } from '../../../../src/model/digest.ts';
import { expectDiagnostic, expectValue } from '../../../rig/expect-result.ts';
import { scriptedBuilder, tell } from '../../../rig/scripted-builder.ts';
import { testWorkContext } from '../../../rig/work-context.ts';

const request = {
  builder: 'scripted',
  distribution: 'debian',
  release: 'bookworm',
  architecture: 'amd64',
  variant: 'apt',
  packages: ['a', 'b'],
  suites: [],
} as const;

function lockedPackage(name: string, more: object = {}) {
  return {
    name,
    version: '1.0',
    architecture: 'all',
    source: name,
    sourceVersion: '1.0',
    digest: digestOfBytes(`${name}\n`),
    sizeBytes: 2,
    poolPath: `pool/${name}`,
    suite: 'main',
    ...more,
  };
}

/** A builder whose lock is this text, and which hands over these packages. */
function locker(lock: object | string, files: readonly string[] = ['a', 'b']) {
  const text = typeof lock === 'string' ? lock : JSON.stringify(lock);
  return scriptedBuilder(
    ...files.flatMap((name) => [`echo ${name} > ${name}`, output('file', name)]),
    `cat > lock.json <<'END'\n${text}\nEND`,
    output('lock', 'lock.json'),
    tell({ type: 'finished' }),
  );
}

function output(name: string, path: string): string {
  return tell({ type: 'output', name, path, digest: `sha256:$(sha256sum ${path} | cut -c1-64)` });
}

const packages = [lockedPackage('b'), lockedPackage('a', { requested: true })];

describe('the lock of a builder of the host', () => {
  it('is sorted and bound to its request, and its packages are in the pool', async () => {
    const context = testWorkContext();
    const document = {
      sourceDateEpoch: 1_700_000_000,
      indexes: [],
      packages: packages.map((each) => ({ ...each, more: 1 })),
    };
    const lock = expectValue(await locker(document).lock({ request, mirror: {} }, context));
    expect(lock).toMatchObject({
      formatVersion: 1,
      release: 'bookworm',
      sourceDateEpoch: 1_700_000_000,
      indexes: [],
    });
    expect(lock.packages).toEqual(packages.toReversed());
    expect((await context.cache.has(packages.map(({ digest }) => digest))).size).toBe(2);
  });

  it.each([
    ['no JSON', 'sandkiln', 'it is not JSON'],
    ['no object', '[]', '/sourceDateEpoch is not a whole number'],
    ['no packages', { sourceDateEpoch: 1, indexes: [] }, '/packages is not a list'],
    [
      'a package without digest',
      { sourceDateEpoch: 1, indexes: [], packages: [lockedPackage('a', { digest: 'x' })] },
      '/packages/0/digest',
    ],
    [
      'a package twice',
      { sourceDateEpoch: 1, indexes: [], packages: [...packages, ...packages] },
      'it has a twice',
    ],
    ['a date of the future', { sourceDateEpoch: 4_000_000_000, indexes: [], packages }, 'is in the future'],
    [
      'a package that nobody has',
      { sourceDateEpoch: 1, indexes: [], packages: [lockedPackage('c')] },
      'which was not handed over as a file',
    ],
    [
      'an index that nobody has',
      {
        sourceDateEpoch: 1,
        indexes: [
          {
            suite: 'main',
            component: 'main',
            release: { path: 'r', digest: digestOfBytes('r'), date: '2026-01-01T00:00:00Z', sizeBytes: 1 },
            packages: { path: 'p', digest: digestOfBytes('p'), sizeBytes: 1 },
          },
        ],
        packages: [],
      },
      digestOfBytes('r'),
    ],
  ])('is refused with %s', async (_what, lock, says) => {
    const diagnostic = expectDiagnostic(await locker(lock).lock({ request, mirror: {} }, testWorkContext()));
    expect(diagnostic.code, diagnostic.message).toBe('SK4029');
    expect(diagnostic.message).toContain(says);
  });
});
