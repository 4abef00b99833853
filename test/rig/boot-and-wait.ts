import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createQemuRuntime } from '../../src/adapters/runtime/qemu/create-qemu-runtime.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';

/** A program for tests that kill it: boots the disk in its first argument, says so, and waits for ever. */
const [, , folder = '', diskPath = ''] = process.argv;

const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: folder });
const booted = await runtime.boot(
  {
    disk: { path: diskPath, format: 'raw' },
    shape: { memoryBytes: 64 * 1024 * 1024, cpus: 1 },
    network: 'none',
    start: { by: 'firmware', firmware: 'bios' },
  },
  {
    scratch: { path: folder, inMemory: false, [Symbol.asyncDispose]: async () => {} },
    cache: createFileSystemStore({ folder, durable: false }),
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  },
);
process.stdout.write(booted.ok ? 'booted\n' : 'failed\n');
setInterval(() => {}, 60_000);
