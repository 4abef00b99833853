import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { createToolProbe } from '../../../src/adapters/tools/tool-probe.ts';
import { compareVersions, versionIn } from '../../../src/adapters/tools/version-text.ts';
import type { ToolRequirement } from '../../../src/model/tool.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

function requirement(command: string, minimum?: string): ToolRequirement {
  return {
    command,
    versionArguments: ['--version'],
    debianPackage: 'package',
    purpose: 'tests',
    ...(minimum === undefined ? {} : { minimum }),
  };
}

function program(folder: string, name: string, script: string): void {
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

describe('a probe', () => {
  test('finds programs by the search path and reads what they print, also to stderr and with a failure', async () => {
    const folder = temporaryFolder();
    program(folder, 'loud', 'echo "loud (GNU tools) 2.38.1"');
    program(folder, 'odd', 'echo "odd 1.47.0 (5-Feb-2023)" >&2; exit 1');
    program(folder, 'mute', 'true');
    const probe = createToolProbe({ processes: createProcessRunner(), searchPath: ['/nowhere', folder] });
    const wanted = [
      requirement('loud', '2.38'),
      requirement('odd', '1.48'),
      requirement('mute'),
      requirement('mute', '1.0'),
      requirement('absent'),
    ];
    expect(await probe.probe(wanted)).toEqual([
      { requirement: wanted[0], path: join(folder, 'loud'), version: '2.38.1', satisfied: true },
      { requirement: wanted[1], path: join(folder, 'odd'), version: '1.47.0', satisfied: false },
      { requirement: wanted[2], path: join(folder, 'mute'), satisfied: true },
      { requirement: wanted[3], path: join(folder, 'mute'), satisfied: false },
      { requirement: wanted[4], satisfied: false },
    ]);
  });

  test('asks a program once', async () => {
    const folder = temporaryFolder();
    program(folder, 'counted', `echo 1.$(wc -l < ${folder}/calls).0; echo >> ${folder}/calls`);
    writeFileSync(join(folder, 'calls'), '');
    const probe = createToolProbe({ processes: createProcessRunner(), searchPath: [folder] });
    const reports = await probe.probe([requirement('counted'), requirement('counted')]);
    const [again] = await probe.probe([requirement('counted')]);
    expect([...reports, again].map((report) => report?.version)).toEqual(['1.0.0', '1.0.0', '1.0.0']);
  });
});

test.each([
  ['unshare from util-linux 2.38.1', '2.38.1'],
  ['apt 2.6.1 (amd64)', '2.6.1'],
  ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7)', '7.2.22'],
  ["Debian 'dpkg-deb' package archive backend version 1.21.22 (amd64).", '1.21.22'],
  ['no number', undefined],
  ['year 2023', undefined],
])('the version in %j is %s', (text, version) => {
  expect(versionIn(text)).toBe(version);
});

test('versions are compared number by number', () => {
  expect(compareVersions('1.10', '1.9')).toBeGreaterThan(0);
  expect(compareVersions('2.38', '2.38.0')).toBe(0);
  expect(compareVersions('1.47.0', '1.47.1')).toBeLessThan(0);
});
