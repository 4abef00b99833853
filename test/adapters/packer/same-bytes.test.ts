import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, getuid } from 'node:process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const program = join(import.meta.dirname, '../../rig/pack-difficult-tree.ts');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'same-bytes-'));
  chmodSync(folder, 0o777);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asPlainUser = getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
const asNamespaceRoot = [...asPlainUser, 'unshare', '--user', '--map-root-user'];

interface Circumstances {
  readonly name: string;
  readonly as: readonly string[];
  readonly umask: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly base: string;
}

test.each([
  ['rootfs', 'none'],
  ['squashfs', 'none'],
  ['oci', 'none'],
  ['raw,qcow2', 'none'],
  ['raw,qcow2', 'grub'],
])(
  '%s with boot loader %s does not depend on user, umask, time zone, locale or folder',
  async (outputs, bootLoader) => {
    const circumstances: readonly Circumstances[] = [
      { name: 'host', as: [], umask: '022', environment: { TZ: 'UTC' }, base: folder },
      {
        name: 'a plain user',
        as: asPlainUser,
        umask: '077',
        environment: { TZ: 'Pacific/Kiritimati', LC_ALL: 'C', SOURCE_DATE_EPOCH: '5' },
        base: folder,
      },
      {
        name: 'root of a user namespace',
        as: asNamespaceRoot,
        umask: '000',
        environment: { TZ: 'America/New_York', LC_ALL: 'tr_TR.UTF-8', MKE2FS_CONFIG: '/dev/null' },
        base: '/dev/shm',
      },
    ];
    const outcomes: string[] = [];
    for (const { name, as, umask, environment, base } of circumstances) {
      const work = join(base, `packed by ${name} ${outputs} ${bootLoader} ${process.pid}`);
      mkdirSync(work);
      chmodSync(work, 0o777);
      const [file = '', ...prefix] = [
        ...as,
        execPath,
        program,
        join(work, 'here'),
        outputs,
        bootLoader,
        umask,
      ];
      try {
        const { stdout } = await run(file, prefix, {
          env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...environment },
        });
        outcomes.push(stdout);
      } finally {
        rmSync(work, { recursive: true, force: true });
      }
    }
    expect(outcomes[0]).toMatch(/ sha256:[0-9a-f]{64}\n/);
    expect(outcomes).toEqual(outcomes.map(() => outcomes[0]));
  },
);
