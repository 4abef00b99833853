import { expect, test } from 'vitest';
import { type SmokeSpec, smokeActionInput, smokeTiers } from '../../../src/stages/smoke/smoke-input.ts';
import type { SmokeTest } from '../../../src/stages/smoke/smoke-test.ts';

function spec(smokeTests: readonly SmokeTest[], more: Partial<SmokeSpec> = {}): SmokeSpec {
  return {
    smokeTests,
    outputs: ['qcow2'],
    disk: { bootLoader: 'none' },
    run: { memoryBytes: 1024, cpus: 1 },
    network: { layout: 'isolated' },
    hardening: { kernelCommandLine: ['audit=1'] },
    ...more,
  };
}

function namesByTier(image: SmokeSpec): readonly (readonly string[])[] {
  return smokeTiers(image).map((tier) => smokeActionInput(tier, image).tests.map(({ name }) => name));
}

const fileTest: SmokeTest = { name: 'file', file: { path: '/etc/motd' } };
const commandTest: SmokeTest = { name: 'command', command: { run: ['true'] } };
const agentTest: SmokeTest = { name: 'agent', guestAgent: 'ping' };

test('each test is in the tier that can run it, a command in both that may', () => {
  expect(namesByTier(spec([fileTest, commandTest, agentTest]))).toEqual([
    ['file'],
    ['command'],
    ['command', 'agent'],
  ]);
});

test('a tier of its own decides', () => {
  const tests = [
    { ...commandTest, tier: 1 },
    { ...agentTest, tier: 3 },
  ];
  expect(namesByTier(spec(tests, { disk: { bootLoader: 'grub' } }))).toEqual([
    [],
    ['command'],
    [],
    ['agent'],
  ]);
});

test('a changed test of one tier, or shape of the machine, leaves the input of tier 0 as it was', () => {
  const before = smokeActionInput(0, spec([fileTest, agentTest]));
  expect(smokeActionInput(0, spec([fileTest], { run: { memoryBytes: 2048, cpus: 2 } }))).toEqual(before);
});

test('what tier 2 does not depend on is not in its input', () => {
  const before = smokeActionInput(2, spec([agentTest]));
  expect(smokeActionInput(2, spec([fileTest, agentTest]))).toEqual(before);
  expect(before.kernelCommandLine).toEqual(['audit=1']);
});

test('every test is in some input: those that nothing can run are in tier 0 with the reason', () => {
  const image = spec(
    [
      { name: 'no disk', guestAgent: 'ping' },
      { name: 'wrong tier', tier: 2, file: { path: '/a' } },
      { name: 'no probe' },
      { name: 'two probes', guestAgent: 'ping', file: { path: '/a' } },
      { name: 'no word', command: { run: ['a\0b'] } },
      { name: 'no address', reach: { address: 'a/b', port: 1, reachable: false } },
    ],
    { outputs: ['oci'] },
  );
  expect(smokeTiers(image)).toEqual([0]);
  expect(smokeActionInput(0, image).impossible).toEqual([
    { name: 'no disk', reason: 'the image has no raw or qcow2 output that could be booted' },
    { name: 'wrong tier', reason: 'this test can run in tier 0, not in tier 2' },
    {
      name: 'no probe',
      reason: 'a test is exactly one of guestAgent, command, service, port, reach and file',
    },
    {
      name: 'two probes',
      reason: 'a test is exactly one of guestAgent, command, service, port, reach and file',
    },
    { name: 'no word', reason: 'the command has a NUL character, which no program takes' },
    { name: 'no address', reason: 'the address is no IP address and no host name' },
  ]);
});

test('a test of tier 3 on a disk without boot loader cannot run', () => {
  const image = spec([{ ...agentTest, tier: 3 }]);
  expect(smokeActionInput(0, image).impossible).toEqual([
    { name: 'agent', reason: 'the disk has no boot loader, which tier 3 starts' },
  ]);
});
