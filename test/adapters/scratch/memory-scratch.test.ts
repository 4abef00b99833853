import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { ownIdentity } from '../../../src/adapters/process/process-identity.ts';
import { createMemoryScratch } from '../../../src/adapters/scratch/memory-scratch.ts';
import type { Scratch } from '../../../src/adapters/scratch/scratch.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

interface Rig {
  readonly scratch: Scratch;
  readonly memoryFolder: string;
  readonly diskFolder: string;
  readonly reported: string[];
}

function rig(): Rig {
  const memoryFolder = mkdtempSync('/dev/shm/sandkiln-test-');
  onTestFinished(() => rmSync(memoryFolder, { recursive: true, force: true }));
  const diskFolder = join(temporaryFolder(), 'scratch');
  const reported: string[] = [];
  const scratch = createMemoryScratch({
    processes: createProcessRunner(),
    report: (diagnostic) => reported.push(diagnostic.code),
    memoryFolder,
    diskFolder,
  });
  return { scratch, memoryFolder, diskFolder, reported };
}

test('is in memory where there is room and on disk where there is not', async () => {
  const { scratch, memoryFolder, diskFolder } = rig();
  await using small = expectValue(await scratch.create('pack debian/x', 1000));
  await using large = expectValue(await scratch.create('pack', 2 ** 60));
  expect([small.inMemory, large.inMemory]).toEqual([true, false]);
  expect(small.path.startsWith(`${memoryFolder}/sandkiln-${process.pid}-`)).toBe(true);
  expect(large.path.startsWith(`${diskFolder}/sandkiln-`)).toBe(true);
});

test('counts what it has promised already', async () => {
  const { scratch } = rig();
  const kibibytes = Number(
    /MemAvailable:\s+(\d+)/.exec(execFileSync('cat', ['/proc/meminfo'], { encoding: 'utf8' }))?.[1],
  );
  const almostHalf = Math.floor(kibibytes * 1024 * 0.45);
  const first = expectValue(await scratch.create('first', almostHalf));
  const second = expectValue(await scratch.create('second', almostHalf));
  expect([first.inMemory, second.inMemory]).toEqual([true, false]);
  await first[Symbol.asyncDispose]();
  const third = expectValue(await scratch.create('third', almostHalf));
  expect(third.inMemory).toBe(true);
  await Promise.all([second, third].map((folder) => folder[Symbol.asyncDispose]()));
});

test('removes read-only folders too, and a second disposal is nothing', async () => {
  const { scratch, reported } = rig();
  const folder = expectValue(await scratch.create('x', 1));
  mkdirSync(join(folder.path, 'a/b'), { recursive: true });
  writeFileSync(join(folder.path, 'a/b/file'), '');
  chmodSync(join(folder.path, 'a/b'), 0o500);
  chmodSync(join(folder.path, 'a'), 0);
  await folder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
  expect([existsSync(folder.path), reported]).toEqual([false, []]);
});

test.skipIf(process.getuid?.() !== 0)('keeps and reports a tree with something mounted in it', async () => {
  const { scratch, reported } = rig();
  const precious = temporaryFolder();
  writeFileSync(join(precious, 'file'), '');
  const folder = expectValue(await scratch.create('x', 1));
  const mounted = join(folder.path, 'a b');
  mkdirSync(mounted);
  execFileSync('mount', ['--bind', precious, mounted]);
  try {
    await folder[Symbol.asyncDispose]();
    expect([readdirSync(precious), reported]).toEqual([['file'], ['SK3112']]);
  } finally {
    execFileSync('umount', [mounted]);
  }
});

test('removes folders of processes that ended, and no others', async () => {
  const { scratch, memoryFolder, diskFolder } = rig();
  const { pid, startTicks, namespace } = ownIdentity();
  const names = {
    ended: `sandkiln-${pid}-${startTicks + 1}-${namespace}-x-abc`,
    running: `sandkiln-${pid}-${startTicks}-${namespace}-x-abc`,
    elsewhere: `sandkiln-${pid}-1-00000000123-x-abc`,
    foreign: 'someone-elses',
  };
  for (const parent of [memoryFolder, diskFolder]) {
    for (const name of Object.values(names)) {
      mkdirSync(join(parent, name, 'sub'), { recursive: true });
    }
  }
  await using folder = expectValue(await scratch.create('x', 1));
  expect(folder.path).toBeTruthy();
  for (const parent of [memoryFolder, diskFolder]) {
    const left = readdirSync(parent);
    expect([left.includes(names.ended), left.includes(names.running)]).toEqual([false, true]);
    expect([left.includes(names.elsewhere), left.includes(names.foreign)]).toEqual([true, true]);
  }
});
