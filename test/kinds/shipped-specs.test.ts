import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { resourceOf } from '../../src/engine/desired/resolve-desired.ts';
import { desiredOf, type Files, resolveFiles } from '../rig/desired-files.ts';

const paths = [
  'sandkiln.yaml',
  'specs/allow-lists/debian-updates.yaml',
  'specs/images/debian-12-base.yaml',
  'specs/images/debian-12-lab.yaml',
  'profiles/debian-vm.yaml',
  'profiles/isolated.yaml',
  'profiles/lab-vm.yaml',
  'files/agent',
];
const root = new URL('../../', import.meta.url);
const shipped: Files = Object.fromEntries(
  paths.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]),
);

describe('the specs of this repository', () => {
  test('are valid and give no warning', () => {
    const result = resolveFiles(shipped);
    expect(result.ok ? result.value.warnings : result.diagnostics).toEqual([]);
  });

  test('build the lab image on the base image', () => {
    const desired = desiredOf(shipped);
    expect(resourceOf(desired, 'SandboxImageSpec', 'debian-12-base')?.spec['outputs']).toEqual([
      'rootfs',
      'qcow2',
      'oci',
    ]);
    expect(resourceOf(desired, 'SandboxImageSpec', 'debian-12-lab')?.spec).toMatchObject({
      from: 'debian-12-base',
      os: { release: 'bookworm' },
      network: { layout: 'isolated' },
      hardening: { lockRoot: true, sysctl: { 'kernel.kptr_restrict': '2', 'kernel.dmesg_restrict': '1' } },
    });
  });

  test('bring an agent script that runs', () => {
    const output = execFileSync('sh', [fileURLToPath(new URL('files/agent', root))], { encoding: 'utf8' });
    expect(output).toMatch(/^release=\S+\nkernel=\S+\nuser=\S+\n$/);
  });
});
