import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Machine, Runtime } from '../../../src/adapters/runtime/runtime.ts';
import { actionId, type StageOutput } from '../../../src/model/action.ts';
import { asDigest } from '../../../src/model/digest.ts';
import { failure, type Result, success } from '../../../src/model/result.ts';
import { type SmokeSpec, smokeActionInput } from '../../../src/stages/smoke/smoke-input.ts';
import type { SmokeTest, SmokeTier } from '../../../src/stages/smoke/smoke-test.ts';
import { createSmokeStage } from '../../../src/stages/smoke.ts';
import { asJson } from '../../../src/stages/stage-input.ts';
import type { TreeEntry } from '../../../src/tree/tree.ts';
import { writeTree } from '../../../src/tree/write-tree.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { file, treeOf } from '../../rig/tree-builder.ts';
import { testWorkContext } from '../../rig/work-context.ts';

const identity = { kind: 'SandboxImageSpec', name: 'lab' };
const bootable = ['vmlinuz', 'initrd.img', 'disk.qcow2'] as const;
const osRelease = file('etc/os-release', 'ID=debian\n');
const guestAgent = file('usr/sbin/qemu-ga', 'elf');
const late = {
  code: 'SK6004',
  severity: 'error',
  message: 'nothing came',
  hint: '',
  failure: 'timed-out',
} as const;

const silentMachine: Machine = {
  console: () => Buffer.from('Booting from disk\n'),
  waitForConsole: async () => failure(late),
  waitForAgent: async () => failure(late),
  stop: async () => {},
  [Symbol.asyncDispose]: async () => {},
};

function runtimeOf(more: Partial<Runtime>): Runtime {
  return {
    name: 'scripted',
    version: 1,
    tools: [{ command: 'emulator', versionArguments: [], debianPackage: 'emulator-deb', purpose: 'boots' }],
    toolVersions: async () => ({ emulator: '1.0' }),
    acceleration: async () => ({ name: 'tcg', reason: 'scripted' }),
    microBoot: async () => success({ mounted: false, results: [], console: new Uint8Array(), durationMs: 1 }),
    boot: async () => success(silentMachine),
    ...more,
  };
}

async function smoke(
  tier: SmokeTier,
  tests: readonly SmokeTest[],
  options: {
    readonly entries?: readonly TreeEntry[];
    readonly blobs?: readonly string[];
    readonly runtime?: Partial<Runtime>;
    readonly bootLoader?: 'none' | 'grub';
  } = {},
): Promise<{ readonly result: Result<StageOutput>; readonly context: ReturnType<typeof testWorkContext> }> {
  const context = testWorkContext();
  const treePath = join(context.folder, 'tree.tar');
  expectValue(await writeTree(treeOf(...(options.entries ?? [osRelease])), treePath));
  const spec: SmokeSpec = {
    smokeTests: tests,
    outputs: ['qcow2'],
    disk: { bootLoader: options.bootLoader ?? 'none' },
    run: { memoryBytes: 1024 ** 3, cpus: 1 },
    network: { layout: 'none' },
    hardening: {},
  };
  const names = options.blobs ?? bootable;
  const blobs = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, expectValue(await context.cache.put([Buffer.from(name)]))] as const),
    ),
  );
  const tree = expectValue(await context.cache.putFile(treePath));
  const customise = actionId(identity, 'customise');
  const pack = actionId(identity, 'pack', 'qcow2');
  const needs = new Map([
    [customise, { blobs: { tree }, data: {} }],
    [pack, { blobs, data: {} }],
  ]);
  const result = await createSmokeStage({ runtime: runtimeOf(options.runtime ?? {}) }).run(
    {
      id: actionId(identity, 'smoke', `${tier}`),
      resource: identity,
      stage: 'smoke',
      effect: 'pure',
      needs: [customise, pack],
      input: asJson(smokeActionInput(tier, spec)),
      timeoutMs: context.timeoutMs,
    },
    { ...context, needs },
  );
  return { result, context };
}

function outcomes(result: Result<StageOutput>): unknown {
  return expectValue(result).data['results'];
}

test('tier 0 passes without any machine, and says what it tested', async () => {
  const { result } = await smoke(0, [{ name: 'motd', file: { path: '/etc/os-release' } }], { blobs: [] });
  expect(outcomes(result)).toContainEqual({ name: 'motd', tier: 0, outcome: 'passed' });
});

test('a failed test fails the stage with its name and reason', async () => {
  const { result } = await smoke(0, [{ name: 'motd', file: { path: '/etc/motd' } }]);
  expect(expectCodes(result)).toEqual(['SK6020']);
  expect(result).toMatchObject({
    diagnostics: [{ message: expect.stringContaining('"motd" of tier 0 failed') }],
  });
});

test('a guest that says nothing fails, its console is kept, and another try may pass', async () => {
  const { result, context } = await smoke(2, [{ name: 'agent', guestAgent: 'ping' }], {
    entries: [osRelease, guestAgent],
  });
  expect(expectCodes(result)).toEqual(['SK6020', 'SK6020']);
  const diagnostic = result.ok ? undefined : result.diagnostics[0];
  expect(diagnostic?.message).toContain('the console ended with:\nBooting from disk');
  expect(diagnostic?.failure).toBe('timed-out');
  const digest = asDigest(/sha256:[0-9a-f]{64}/.exec(diagnostic?.hint ?? '')?.[0] ?? '');
  expect(Buffer.from(expectValue(await context.cache.readSmall(digest, 1000))).toString()).toContain(
    'Booting',
  );
});

test('a micro boot without report fails every test of tier 1', async () => {
  const { result } = await smoke(1, [{ name: 'command', tier: 1, command: { run: ['true'] } }]);
  expect(expectCodes(result)).toEqual(['SK6020', 'SK6020', 'SK6020']);
});

test('a test by the agent fails where the image has none', async () => {
  const { result } = await smoke(2, [{ name: 'agent', guestAgent: 'ping' }], {
    runtime: {
      boot: async () =>
        success({
          ...silentMachine,
          waitForConsole: async () => success('Reached target multi-user.target'),
        }),
    },
  });
  expect(result).toMatchObject({
    diagnostics: [{ message: expect.stringContaining('no qemu-guest-agent') }],
  });
});

test('a guest that panics fails at once', async () => {
  const { result } = await smoke(2, [], {
    runtime: {
      boot: async () => success({ ...silentMachine, waitForConsole: async () => success('Kernel panic') }),
    },
  });
  expect(result).toMatchObject({ diagnostics: [{ message: expect.stringContaining('gave up booting') }] });
});

test('without the tools tier 1 is recorded as not run, and tier 2 fails, so that nothing is published', async () => {
  const runtime = { toolVersions: async () => ({}) };
  const tests: readonly SmokeTest[] = [{ name: 'command', tier: 1, command: { run: ['true'] } }];
  const detail = 'this host lacks emulator (Debian: emulator-deb)';
  expect(outcomes((await smoke(1, tests, { runtime })).result)).toEqual([
    { name: 'built-in: tier 1', tier: 1, outcome: 'not-run', detail },
    { name: 'command', tier: 1, outcome: 'not-run', detail },
  ]);
  expect(expectCodes((await smoke(2, tests, { runtime })).result)).toEqual(['SK6021']);
});

test('an image without kernel is not booted, and tests that need it fail', async () => {
  const { result } = await smoke(2, [], { blobs: ['disk.qcow2'] });
  expect(outcomes(result)).toMatchObject([
    { outcome: 'not-run', detail: 'the image has no kernel and initrd' },
  ]);
  const declared = await smoke(2, [{ name: 'agent', guestAgent: 'ping' }], { blobs: ['disk.qcow2'] });
  expect(expectCodes(declared.result)).toEqual(['SK6020']);
});

test('tier 3 runs by both firmwares, and one that this host lacks is recorded as not run', async () => {
  const { result } = await smoke(3, [], {
    bootLoader: 'grub',
    runtime: {
      boot: async ({ start }) =>
        start.by === 'firmware' && start.firmware === 'uefi'
          ? failure({ code: 'SK6010', severity: 'error', message: 'no OVMF', hint: '' })
          : success({
              ...silentMachine,
              waitForConsole: async () => success('Reached target multi-user.target'),
            }),
    },
  });
  expect(outcomes(result)).toEqual([
    { name: 'built-in: init reaches its target (bios)', tier: 3, outcome: 'passed' },
    { name: 'built-in: init reaches its target (uefi)', tier: 3, outcome: 'not-run', detail: 'no OVMF' },
  ]);
});
