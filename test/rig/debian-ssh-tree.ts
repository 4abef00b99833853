import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';

/** Raised when the tree below changes, so that a cached one is not used. */
const recipe = 1;

/**
 * Path of a tar of a real bookworm tree with systemd and an SSH server, as mmdebstrap leaves it. Made once and kept in
 * the cache folder: about half a minute the first time.
 */
export async function debianSshTree(): Promise<string> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sandkiln-tests');
  const kept = join(cache, `debian-ssh-${recipe}.tar`);
  if (await isThere(kept)) {
    return kept;
  }
  await mkdir(cache, { recursive: true });
  const work = await mkdtemp(join(cache, 'making-'));
  try {
    const made = join(work, 'tree.tar');
    const result = await createProcessRunner().run(
      {
        file: 'mmdebstrap',
        arguments: ['--variant=apt', '--include=systemd,systemd-sysv,openssh-server', 'bookworm', made],
        environment: { SOURCE_DATE_EPOCH: '1760000000' },
      },
      { timeoutMs: 300_000 },
    );
    if (result.exitCode !== 0) {
      throw new Error(`mmdebstrap ${result.ended}: ${result.startError ?? ''}${result.stderr}`);
    }
    await rename(made, kept);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return kept;
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
