import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { createQemuRuntime } from '../../../src/adapters/runtime/qemu/create-qemu-runtime.ts';
import type { BootRequest } from '../../../src/adapters/runtime/runtime.ts';
import type { StageOutput } from '../../../src/model/action.ts';
import type { Result } from '../../../src/model/result.ts';
import type { SmokeTest } from '../../../src/stages/smoke/smoke-test.ts';
import { debianGuest } from '../../rig/debian-guest.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { runSmokeStage, smokeSpec } from '../../rig/run-smoke-stage.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const shape = { memoryBytes: 512 * 1024 * 1024, cpus: 2 };

/** Runs the smoke stage on the real guest. */
async function smoke(
  tier: 1 | 2,
  layout: BootRequest['network'],
  smokeTests: readonly SmokeTest[],
): Promise<Result<StageOutput>> {
  const guest = await debianGuest();
  const context = testWorkContext({ timeoutMs: 300_000 });
  const blobs = {
    tree: expectValue(await context.cache.putFile(guest.treePath)),
    'disk.raw': expectValue(await context.cache.putFile(guest.diskPath)),
    vmlinuz: expectValue(await context.cache.putFile(guest.kernelPath)),
    'initrd.img': expectValue(await context.cache.putFile(guest.initrdPath)),
  };
  return runSmokeStage(tier, smokeSpec({ smokeTests, network: { layout } }), blobs, context);
}

/** A service on the host's loopback that guests with outbound network see at 10.0.2.2. */
async function hostService(): Promise<number> {
  const server = createServer((socket) => socket.end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('services, ports, commands and addresses of a guest that reaches out', async () => {
  const port = await hostService();
  const output = expectValue(
    await smoke(2, 'outbound', [
      { name: 'agent', guestAgent: 'ping' },
      { name: 'user', command: { as: 'analyst', run: ['id', '-un'], expect: { stdout: 'analyst\n' } } },
      { name: 'slow service', service: { unit: 'slow' } },
      { name: 'broken service', service: { unit: 'broken.service', active: false } },
      { name: 'port', port: { number: 7777 } },
      { name: 'no port', port: { number: 7778, open: false } },
      { name: 'reaches', reach: { address: '10.0.2.2', port, reachable: true } },
      { name: 'refused', reach: { address: '10.0.2.2', port: 1, reachable: false } },
    ]),
  );
  expect(output.data['init']).toMatch(/Reached target multi-user|is-system-running/);
  expect(output.data['results']).toSatisfy((results: readonly { readonly outcome: string }[]) =>
    results.every(({ outcome }) => outcome === 'passed'),
  );
  expect(output.blobs['console']?.sizeBytes).toBeGreaterThan(1000);
});

test('what does not hold fails with its reason, and an isolated guest reaches nothing', async () => {
  const port = await hostService();
  const result = await smoke(2, 'isolated', [
    { name: 'cut off', reach: { address: '10.0.2.2', port, reachable: false } },
    { name: 'wrong service', service: { unit: 'broken' } },
    { name: 'wrong port', port: { number: 7777, open: false } },
    { name: 'wrong output', command: { run: ['echo', 'a'], expect: { stdout: 'b\n' } } },
    { name: 'no program', command: { run: ['no-such-program'] } },
  ]);
  expect(expectCodes(result)).toEqual(['SK6020', 'SK6020', 'SK6020', 'SK6020']);
  const messages = result.ok ? [] : result.diagnostics.map(({ message }) => message);
  expect(messages[0]).toContain('"wrong service" of tier 2 failed: broken is failed');
  expect(messages[0]).toContain('the console ended with:');
  expect(messages[1]).toContain('something listens on port 7777');
  expect(messages[2]).toContain('stdout is "a\\n" instead of "b\\n"');
  expect(messages[3]).toContain('"no program"');
});

test('tier 1 runs its own commands and leaves the others to the agent', async () => {
  const output = expectValue(
    await smoke(1, 'none', [
      { name: 'in the chroot', tier: 1, command: { run: ['dpkg', '--audit'], expect: { stdout: '' } } },
      { name: 'in the guest', command: { run: ['true'] } },
    ]),
  );
  expect(output.data['results']).toEqual([
    { name: 'built-in: the root file system mounts', tier: 1, outcome: 'passed' },
    { name: 'built-in: /sbin/init can be run', tier: 1, outcome: 'passed' },
    { name: 'in the chroot', tier: 1, outcome: 'passed' },
  ]);
});

test('a guest that never boots fails, with what it said last', async () => {
  const guest = await debianGuest();
  const context = testWorkContext({ timeoutMs: 300_000 });
  const blobs = {
    tree: expectValue(await context.cache.putFile(guest.treePath)),
    'disk.raw': expectValue(await context.cache.put([Buffer.alloc(1024 * 1024)])),
    vmlinuz: expectValue(await context.cache.putFile(guest.kernelPath)),
    'initrd.img': expectValue(await context.cache.putFile(guest.initrdPath)),
  };
  const smokeTests = [{ name: 'agent', guestAgent: 'ping' }] as const;
  const spec = smokeSpec({ smokeTests, hardening: { kernelCommandLine: ['rootdelay=2'] } });
  const result = await runSmokeStage(2, spec, blobs, context);
  expect(expectCodes(result)).toEqual(['SK6020', 'SK6020']);
  const message = result.ok ? '' : result.diagnostics[0]?.message;
  expect(message).toContain('the machine ended before any of');
  expect(message).toContain('root');
});

async function bootZeros(start: BootRequest['start'], signal = new AbortController().signal) {
  const context = testWorkContext({ signal });
  const path = join(context.folder, 'zeros.raw');
  await writeFile(path, Buffer.alloc(1024 * 1024));
  const runtime = createQemuRuntime({ processes: createProcessRunner(), cacheFolder: context.folder });
  const machine = expectValue(
    await runtime.boot({ disk: { path, format: 'raw' }, shape, network: 'none', start }, context),
  );
  return { machine, context };
}

test.each(['bios', 'uefi'] as const)(
  'a disk of zeros never boots by %s, and nobody waits for it',
  async (firmware) => {
    const { machine, context } = await bootZeros({ by: 'firmware', firmware });
    expect(expectCodes(await machine.waitForConsole(['login: '], 3000))).toEqual(['SK6004']);
    expect(expectCodes(await machine.waitForAgent(200))).toEqual(['SK6005']);
    await machine.stop();
    expect(readdirSync(context.scratch.path).filter((name) => name.startsWith('machine-'))).toEqual([]);
  },
);

test('a machine that is cancelled says so to whoever waits', async () => {
  const stop = new AbortController();
  const { machine } = await bootZeros({ by: 'firmware', firmware: 'bios' }, stop.signal);
  const waiting = machine.waitForConsole(['login: '], 60_000);
  stop.abort();
  expect(expectCodes(await waiting)).toEqual(['SK6012']);
  await machine.stop();
});

test('a machine whose process is killed leaves no folder and fails who waits', async () => {
  const { machine, context } = await bootZeros({ by: 'firmware', firmware: 'bios' });
  const waiting = machine.waitForAgent(60_000);
  process.kill(emulatorOf(context.scratch.path), 'SIGKILL');
  expect(expectCodes(await waiting)).toEqual(['SK6002']);
  await machine.stop();
  expect(readdirSync(context.scratch.path)).toEqual([]);
});

test('a machine does not outlive the process that started it, however that ends', async () => {
  const { folder } = testWorkContext();
  const disk = join(folder, 'zeros.raw');
  await writeFile(disk, Buffer.alloc(1024 * 1024));
  const program = join(import.meta.dirname, '../../rig/boot-and-wait.ts');
  const starter = spawn(process.execPath, [program, folder, disk], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = await once(starter.stdout, 'data');
  expect(String(said)).toBe('booted\n');
  const emulator = emulatorOf(folder);
  expect(emulator).toBeGreaterThan(0);
  const streamsClosed = once(starter, 'close');
  starter.kill('SIGKILL');
  await streamsClosed;
  while (isRunning(emulator)) {
    await nextTurn();
  }
});

/** The process that works in a folder below this one. */
function emulatorOf(folder: string): number {
  const found = readdirSync('/proc').filter(
    (name) => /^[0-9]+$/.test(name) && environmentOf(name).includes(`TMPDIR=${folder}`),
  );
  return Number(found[0]);
}

function environmentOf(process: string): string {
  try {
    return readFileSync(`/proc/${process}/environ`, 'utf8');
  } catch {
    return '';
  }
}

function isRunning(process: number): boolean {
  return environmentOf(`${process}`) !== '';
}
