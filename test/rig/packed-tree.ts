import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createDiskPacker } from '../../src/adapters/packer/disk-packer.ts';
import { createOciPacker } from '../../src/adapters/packer/oci-packer.ts';
import type { PackedArtifact, Packer, PackRequest } from '../../src/adapters/packer/packer.ts';
import { createRootfsPacker } from '../../src/adapters/packer/rootfs-packer.ts';
import { createSquashfsPacker } from '../../src/adapters/packer/squashfs-packer.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import type { WorkContext } from '../../src/adapters/work-context.ts';
import type { Result } from '../../src/model/result.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { writeTree } from '../../src/tree/write-tree.ts';
import { expectValue } from './expect-result.ts';
import { file, folder, hardLink, link, treeOf } from './tree-builder.ts';

export const packEpoch = 1_760_000_000;
const mebibyte = 2 ** 20;

/** Capability cap_net_raw=ep, as Debian's ping has it. */
const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
/** Access list user::rwx, group::r-x, group 4 r-x, mask r-x, other r-x. */
const accessList = Buffer.from(
  '0200000001000700ffffffff04000500ffffffff080005000400000010000500ffffffff20000500ffffffff',
  'hex',
);

/** Small, and with everything that packers stumble over: odd names, owners, modes that lock out a plain user. */
export function difficultTree(): Tree {
  return treeOf(
    folder('', { mode: 0o755, modifiedAt: 1_650_000_000 }),
    file('boot/vmlinuz-6.1.0-9-amd64', 'old kernel'),
    file('boot/vmlinuz-6.1.0-10-amd64', 'kernel'.repeat(1000)),
    file('boot/initrd.img-6.1.0-10-amd64', 'initrd'),
    file('bin/ping', 'elf', { mode: 0o4755, attributes: new Map([['security.capability', capability]]) }),
    file('etc/shadow', 'root:*:', { mode: 0o000, gid: 42 }),
    folder('var/log/journal', {
      mode: 0o2755,
      attributes: new Map([['system.posix_acl_access', accessList]]),
    }),
    folder('locked', { mode: 0o555, uid: 3_000_000, gid: 3_000_001 }),
    file('locked/in', 'in', { mode: 0o444 }),
    folder('tmp', { mode: 0o1777 }),
    folder('dev'),
    file('usr/bin/perl', 'p'.repeat(10_000), { mode: 0o755 }),
    hardLink('usr/bin/perl5', 'usr/bin/perl'),
    link('sbin', 'usr/sbin'),
    link('long', 't'.repeat(200)),
    file('odd/say "x"', 'quotes'),
    file('odd/line\nbreak', 'newline'),
    file("odd/it's <12> a|b;c", 'shell'),
    file('odd/-n', 'dash'),
    file('odd/ä𐀀', 'unicode'),
    file('zeros', Buffer.alloc(300_000)),
    file('sparse', Buffer.concat([Buffer.alloc(200_000), Buffer.from('end')])),
    file('later', '', { modifiedAt: 2 ** 31 + 5 }),
    ...Array.from({ length: 300 }, (_, index) =>
      file(`many/${String(index).padStart(40, '0')}`, String(index)),
    ),
  );
}

export interface PackedOnce {
  readonly result: Result<readonly PackedArtifact[]>;
  pathOf(name: string): string;
}

/** Packs a tree in `folder`, which must not exist. */
export async function packOnce(
  workFolder: string,
  tree: Tree,
  request: Pick<PackRequest, 'outputs'> & Partial<PackRequest>,
): Promise<PackedOnce> {
  const scratch = join(workFolder, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const treePath = join(workFolder, 'tree.tar');
  const { digest } = expectValue(await writeTree(tree, treePath));
  const cache = createFileSystemStore({ folder: join(workFolder, 'cache'), durable: false });
  const context: WorkContext = {
    scratch: { path: scratch, inMemory: true, async [Symbol.asyncDispose]() {} },
    cache,
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  };
  const result = await packerFor(request.outputs).pack(
    {
      tree,
      treePath,
      treeDigest: digest,
      image: { name: 'difficult', architecture: 'amd64' },
      sourceDateEpoch: packEpoch,
      disk: { sizeBytes: 64 * mebibyte, bootLoader: 'none', kernelCommandLine: ['quiet'] },
      parents: [],
      ...request,
    },
    context,
  );
  return {
    result,
    pathOf(name) {
      const artifact = expectValue(result).find((each) => each.name === name);
      if (artifact === undefined) {
        throw new Error(`no artifact ${name}`);
      }
      return cache.pathOf(artifact.blob.digest);
    },
  };
}

function packerFor(outputs: PackRequest['outputs']): Packer {
  const processes = createProcessRunner();
  const packers = [
    createRootfsPacker(processes),
    createSquashfsPacker(processes),
    createDiskPacker(processes),
    createOciPacker(),
  ];
  const packer = packers.find((each) => outputs.every((output) => each.outputs.includes(output)));
  if (packer === undefined) {
    throw new Error(`no packer for ${outputs.join(', ')}`);
  }
  return packer;
}
