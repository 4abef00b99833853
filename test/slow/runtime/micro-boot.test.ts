import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { createQemuRuntime } from '../../../src/adapters/runtime/qemu/create-qemu-runtime.ts';
import { lastConsoleLines } from '../../../src/model/console-text.ts';
import { readTree } from '../../../src/tree/read-tree.ts';
import { debianGuest } from '../../rig/debian-guest.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { testWorkContext } from '../../rig/work-context.ts';

async function debianGuestTree() {
  const guest = await debianGuest();
  return { ...guest, tree: expectValue(await readTree(guest.treePath)) };
}

const shape = { memoryBytes: 512 * 1024 * 1024, cpus: 2 };

test('commands run in a chroot of the image, as root and as a user', async () => {
  const guest = await debianGuestTree();
  const context = testWorkContext();
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const report = expectValue(
    await runtime.microBoot(
      {
        ...guest,
        disk: { path: guest.diskPath, format: 'raw' },
        shape,
        commands: [
          { run: ['sh', '-c', 'echo out; echo "it\'s" >&2; exit 3'] },
          { as: 'analyst', run: ['id', '-un'] },
          { run: ['no-such-program'] },
          { run: ['touch', '/etc/written', '/dev/null'] },
          { run: ['sh', '-c', 'yes | head -c 8000000'] },
          { run: ['readlink', '/proc/self/exe'] },
        ],
      },
      context,
    ),
  );
  expect(report.problem).toBeUndefined();
  expect(report.mounted).toBe(true);
  const [first, user, absent, written, flood, last] = report.results;
  expect(first).toEqual({ exitCode: 3, stdout: 'out\n', stderr: "it's\n" });
  expect(user).toEqual({ exitCode: 0, stdout: 'analyst\n', stderr: '' });
  expect(absent?.exitCode).toBe(127);
  expect(written?.exitCode).toBe(0);
  expect(flood?.stdout.length).toBe(1024 * 1024);
  // The image's program, not one of busybox.
  expect(last?.stdout).toBe('/usr/bin/readlink\n');
  expect(lastConsoleLines(report.console, 5).join('\n')).toContain('Power down');
});

test('paths may be long and hold commas and blanks', async () => {
  const guest = await debianGuestTree();
  const { folder, ...context } = testWorkContext();
  const path = join(folder, 'a, b'.repeat(40));
  await mkdir(path);
  const [disk, kernelPath] = [join(path, 'disk,raw'), join(path, 'vm,linuz')];
  await symlink(guest.diskPath, disk);
  await symlink(guest.kernelPath, kernelPath);
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: folder });
  const report = expectValue(
    await runtime.microBoot(
      { ...guest, kernelPath, disk: { path: disk, format: 'raw' }, shape, commands: [{ run: ['true'] }] },
      { ...context, scratch: { ...context.scratch, path } },
    ),
  );
  expect(report.results[0]?.exitCode).toBe(0);
});

test('a disk without file system gives no results, and says so', async () => {
  const guest = await debianGuestTree();
  const context = testWorkContext();
  const diskPath = join(context.folder, 'zeros.raw');
  await writeFile(diskPath, Buffer.alloc(1024 * 1024));
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const report = expectValue(
    await runtime.microBoot(
      { ...guest, disk: { path: diskPath, format: 'raw' }, shape, commands: [{ run: ['true'] }] },
      context,
    ),
  );
  expect(report).toMatchObject({ mounted: false, results: [undefined] });
  expect(report.problem).toContain('before the root file system was mounted');
});

test('a command that hangs is stopped with its machine, and what was done before counts', async () => {
  const guest = await debianGuestTree();
  const context = testWorkContext({ timeoutMs: 12_000 });
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const report = expectValue(
    await runtime.microBoot(
      {
        ...guest,
        disk: { path: guest.diskPath, format: 'raw' },
        shape,
        commands: [
          { run: ['true'] },
          { run: ['sleep', '100'] },
          { run: ['sleep', '101'] },
          { run: ['true'] },
        ],
      },
      context,
    ),
  );
  expect(report.problem).toContain('time limit');
  expect(report.results[0]?.exitCode).toBe(0);
  expect(report.results[3]).toBeUndefined();
});

test('a file that is no kernel is refused before anything is started', async () => {
  const guest = await debianGuestTree();
  const context = testWorkContext();
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const request = { ...guest, disk: { path: guest.diskPath, format: 'raw' }, shape, commands: [] } as const;
  expect(expectCodes(await runtime.microBoot({ ...request, kernelPath: guest.initrdPath }, context))).toEqual(
    ['SK6009'],
  );
});
