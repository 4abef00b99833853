import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createHostsOnRemote, hostEnvironment, type RemoteHost } from '../rig/hosts-on-remote.ts';
import { quickImageText } from '../rig/quick-images.ts';

const program = fileURLToPath(new URL('../../bin/sandkiln.js', import.meta.url));
const killer = fileURLToPath(new URL('../rig/kill-at-write.mjs', import.meta.url));

/** A reconcile that kills itself at a git command of that name. */
async function reconcileKilled(
  host: RemoteHost,
  kind: string,
  number: string,
  moment: string,
): Promise<void> {
  const { signal, stderr } = spawnSync(process.execPath, ['--import', killer, program, 'reconcile'], {
    cwd: host.path,
    env: {
      ...hostEnvironment(host.folder),
      KILL_WRITE: kind,
      KILL_NUMBER: number,
      KILL_MOMENT: moment,
    },
    encoding: 'utf8',
  });
  expect(signal, stderr).toBe('SIGKILL');
  // The git process that holds the branch unlocks it when it sees the end of its input.
  while (existsSync(join(host.path, '.git/refs/heads/main.lock'))) {
    await setImmediate();
  }
}

// The first push takes the lease, the second one brings the records.
test.each([
  ['git push', '2', 'after'],
  ['git update-ref', '1', 'before'],
  ['git apply', '1', 'before'],
  ['git apply', '1', 'after'],
  ['git update-ref', '1', 'after'],
])(
  'killed at %s %s %s, the next reconcile has nothing to build and brings the local branch along',
  async (kind, number, moment) => {
    const hosts = createHostsOnRemote({ 'specs/images/base.yaml': quickImageText('base') });
    const host = hosts.host();
    const before = host.git('rev-parse', 'main');
    await reconcileKilled(host, kind, number, moment);
    const tip = hosts.git('rev-parse', 'main');
    expect(tip).not.toBe(before);
    const wasBehind = host.git('rev-parse', 'main') === before;

    const next = await host.run('reconcile');
    expect(next).toMatchObject({
      exitCode: 0,
      stdout: 'reconcile: 0 built, 0 failed; nothing to commit\n',
    });
    expect(next.stderr.includes('local branch main was behind the records of origin')).toBe(wasBehind);
    expect([host.git('rev-parse', 'main'), hosts.git('rev-parse', 'main')]).toEqual([tip, tip]);
    expect(host.git('status', '--porcelain')).toBe('');
    expect(existsSync(join(host.path, '.git/sandkiln/advancing/refs%2Fheads%2Fmain'))).toBe(false);
    expect(hosts.builds()).toBe(1);
    expect(hosts.git('for-each-ref', 'refs/sandkiln/leases/')).toBe('');
    expect((await host.run('status')).stdout).not.toContain('was interrupted');

    expect((await host.run('reconcile')).stderr).not.toContain('local branch');
  },
  60_000,
);
