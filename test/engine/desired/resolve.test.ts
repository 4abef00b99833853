import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explainResource } from '../../../src/engine/desired/explain.ts';
import { resourceOf } from '../../../src/engine/desired/resolve-desired.ts';
import type { ResolvedResource } from '../../../src/model/resource.ts';
import { desiredOf, type Files, findingsOf } from '../../rig/desired-files.ts';
import { documentText, imageText, oneImage, osLine } from '../../rig/image-files.ts';

function image(files: Files, name = 'a'): ResolvedResource {
  const resource = resourceOf(desiredOf(files), 'SandboxImageSpec', name);
  if (resource === undefined) {
    throw new Error(`no image ${name}`);
  }
  return resource;
}

const profiles: Files = {
  'profiles/root.yaml': documentText('BuildProfile', 'root', 'packages: [dbus]', 'limits: {stopAfter: 30m}'),
  'profiles/vm.yaml': documentText(
    'BuildProfile',
    'vm',
    'extends: root',
    'packages+: [vim]',
    'disk: {size: 2GiB}',
  ),
  'profiles/big.yaml': documentText('RunProfile', 'big', 'memory: 2GiB'),
  'profiles/out.yaml': documentText('NetworkProfile', 'out', 'layout: outbound'),
};

describe('a resolved image', () => {
  test('has the defaults of its kind', () => {
    expect(image(oneImage('outputs: [qcow2]')).spec).toEqual({
      version: '1.0.0',
      os: { distribution: 'debian', release: 'bookworm', architecture: 'amd64' },
      builder: 'mmdebstrap',
      variant: 'apt',
      limits: { memory: '8GiB', cpus: 4, warnAfter: '15m', stopAfter: '20m' },
      disk: { size: '4GiB', bootLoader: 'none' },
      run: { memory: '1GiB', cpus: 2 },
      network: { layout: 'isolated' },
      outputs: ['qcow2'],
    });
  });

  test('lies over its profiles, each in its section, roots of extends lowest', () => {
    const files = {
      ...profiles,
      ...oneImage(
        'outputs: [qcow2]',
        'buildProfile: vm',
        'runProfile: big',
        'run: {cpus: 3}',
        'network: {profile: out}',
        'packages+: [curl]',
        'packages-: [dbus]',
      ),
    };
    expect(image(files).spec).toMatchObject({
      packages: ['vim', 'curl'],
      limits: { stopAfter: '30m', cpus: 4 },
      disk: { size: '2GiB', bootLoader: 'none' },
      run: { memory: '2GiB', cpus: 3 },
      network: { layout: 'outbound' },
    });
  });

  test('does not name its profiles, so that renaming one changes nothing', () => {
    const before = image({
      ...profiles,
      ...oneImage('outputs: [oci]', 'runProfile: big', 'network: {profile: out}'),
    });
    const after = image({
      'profiles/huge.yaml': documentText('RunProfile', 'huge', 'memory: 2GiB'),
      'profiles/open.yaml': documentText('NetworkProfile', 'open', 'layout: outbound'),
      ...oneImage('outputs: [oci]', 'runProfile: huge', 'network: {profile: open}'),
    });
    expect(after.digest).toBe(before.digest);
    expect(Object.keys(before.spec)).not.toContain('runProfile');
  });

  test('inherits the OS of its parent and no other field', () => {
    const files = {
      'specs/images/a.yaml': imageText('a', 'version: "1"', osLine, 'outputs: [rootfs]', 'packages: [vim]'),
      'specs/images/b.yaml': imageText('b', 'version: "1"', 'from: a', 'outputs: [rootfs]'),
      'specs/images/c.yaml': imageText('c', 'version: "1"', 'from: b', 'outputs: [oci]'),
    };
    const child = image(files, 'c');
    expect(child.spec).toMatchObject({ from: 'b', os: { release: 'bookworm' } });
    expect(child.spec['packages']).toBeUndefined();
    expect(child.origins.get('/os/release')).toMatchObject({
      identity: { name: 'a' },
      place: { file: 'specs/images/a.yaml', start: { line: 6 } },
    });
    expect(desiredOf(files).order.map(({ name }) => name)).toEqual(['test', 'a', 'b', 'c']);
  });

  test('keeps its digest when keys, comments, labels or the file name change', () => {
    const lines = [
      'version: "1"',
      osLine,
      'outputs: [oci]',
      'packages: [vim, curl]',
      'users: [{name: bob, shell: /bin/sh}]',
    ];
    const reference = image({ 'specs/images/a.yaml': imageText('a', ...lines) });
    const shuffles = fc.shuffledSubarray(lines, { minLength: lines.length });
    const folders = fc.stringMatching(/^[a-z]{1,8}$/);
    fc.assert(
      fc.property(shuffles, folders, folders, (shuffled, folder, label) => {
        const text = imageText('a', ...shuffled.map((line) => `${line} # ${label}`))
          .replace('{name: a}', `{labels: {team: ${label}}, name: a}`)
          .replace('{name: bob, shell: /bin/sh}', '{shell: /bin/sh, name: bob}');
        expect(image({ [`specs/images/${folder}/x.yaml`]: text }).digest).toBe(reference.digest);
      }),
      { numRuns: 30 },
    );
  });
});

describe('explaining an image', () => {
  test('gives document, line and column of every value, in pointer order', () => {
    const files = { ...profiles, ...oneImage('outputs: [qcow2]', 'buildProfile: vm', 'packages+: [curl]') };
    const rows = explainResource(image(files)).map(({ pointer, value, from, file, line, column }) =>
      [pointer, value, from, file, line, column].join(' ').trim(),
    );
    expect(rows).toEqual([
      '/builder mmdebstrap built-in/SandboxImageSpec built-in defaults',
      '/disk/bootLoader none built-in/SandboxImageSpec built-in defaults',
      '/disk/size 2GiB BuildProfile/vm profiles/vm.yaml 7 16',
      '/limits/cpus 4 built-in/SandboxImageSpec built-in defaults',
      '/limits/memory 8GiB built-in/SandboxImageSpec built-in defaults',
      '/limits/stopAfter 30m BuildProfile/root profiles/root.yaml 6 23',
      '/limits/warnAfter 15m built-in/SandboxImageSpec built-in defaults',
      '/network/layout isolated built-in/SandboxImageSpec built-in defaults',
      '/os/architecture amd64 SandboxImageSpec/a specs/images/a.yaml 6 63',
      '/os/distribution debian SandboxImageSpec/a specs/images/a.yaml 6 22',
      '/os/release bookworm SandboxImageSpec/a specs/images/a.yaml 6 39',
      '/outputs/0 qcow2 SandboxImageSpec/a specs/images/a.yaml 7 13',
      '/packages/0 dbus BuildProfile/root profiles/root.yaml 5 14',
      '/packages/1 vim BuildProfile/vm profiles/vm.yaml 6 15',
      '/packages/2 curl SandboxImageSpec/a specs/images/a.yaml 9 15',
      '/run/cpus 2 built-in/SandboxImageSpec built-in defaults',
      '/run/memory 1GiB built-in/SandboxImageSpec built-in defaults',
      '/variant apt built-in/SandboxImageSpec built-in defaults',
      '/version 1.0.0 SandboxImageSpec/a specs/images/a.yaml 5 12',
    ]);
  });
});

test('a chain of more than sixteen profiles is refused', () => {
  const chain = Object.fromEntries(
    Array.from({ length: 17 }, (_, level) => [
      `profiles/p${level}.yaml`,
      documentText('RunProfile', `p${level}`, level === 0 ? 'cpus: 1' : `extends: p${level - 1}`),
    ]),
  );
  expect(findingsOf(chain).map(({ code, place }) => [code, place?.file])).toEqual([
    ['SK1119', 'profiles/p16.yaml'],
  ]);
});
