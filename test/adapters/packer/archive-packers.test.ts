import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSquashfsPacker } from '../../../src/adapters/packer/squashfs-packer.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import { difficultTree, packOnce } from '../../rig/packed-tree.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive-packers-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the rootfs is the normalised tar, compressed', async () => {
  const packed = await packOnce(join(folder, 'rootfs'), difficultTree(), { outputs: ['rootfs'] });
  const tar = zstdDecompressSync(readFileSync(packed.pathOf('rootfs.tar.zst')));
  expect(digestOfBytes(tar)).toBe(digestOfBytes(readFileSync(join(folder, 'rootfs', 'tree.tar'))));
});

test('the squashfs has names, owners and modes of the tree, the root folder included', async () => {
  const packed = await packOnce(join(folder, 'squashfs'), difficultTree(), { outputs: ['squashfs'] });
  const listed = execFileSync('unsquashfs', ['-lln', packed.pathOf('rootfs.squashfs')], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' },
  });
  expect(listed).toMatch(/^drwxr-xr-x 0\/0 .* 2025-10-09 08:53 squashfs-root$/m);
  expect(listed).toMatch(/^-rwsr-xr-x 0\/0 .* squashfs-root\/bin\/ping$/m);
  expect(listed).toMatch(/^---------- 0\/42 .* squashfs-root\/etc\/shadow$/m);
  expect(listed).toMatch(/^dr-xr-xr-x 3000000\/3000001 .* squashfs-root\/locked$/m);
  expect(listed).toContain('squashfs-root/odd/say "x"');
});

test('a tool that fails is a diagnostic with its last words', async () => {
  const processes = createProcessRunner();
  const broken = createSquashfsPacker({
    ...processes,
    run: (command, options) => processes.run({ ...command, arguments: ['-no-such-option'] }, options),
  });
  const scratch = join(folder, 'broken');
  writeFileSync(scratch, '');
  const tree = difficultTree();
  const result = await broken.pack(
    {
      outputs: ['squashfs'],
      tree,
      treePath: scratch,
      treeDigest: digestOfBytes(''),
      image: { name: 'broken', architecture: 'amd64' },
      sourceDateEpoch: 1,
      disk: { sizeBytes: 0, bootLoader: 'none', kernelCommandLine: [] },
      parents: [],
    },
    {
      scratch: { path: folder, inMemory: false, async [Symbol.asyncDispose]() {} },
      cache: { ...unusedStore() },
      log: () => {},
      signal: new AbortController().signal,
      timeoutMs: 10_000,
    },
  );
  expect(result).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'SK5020', message: expect.stringContaining('broken') }],
  });
});

function unusedStore(): Parameters<ReturnType<typeof createSquashfsPacker>['pack']>[1]['cache'] {
  const unused = async (): Promise<never> => {
    throw new Error('not used');
  };
  return {
    put: unused,
    putFile: unused,
    has: unused,
    readSmall: unused,
    writeTo: unused,
    check: unused,
    adopt: unused,
    pathOf: () => '',
  };
}
