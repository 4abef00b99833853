import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { createLinuxRunOwners } from '../../../src/adapters/run-owner/linux-run-owners.ts';

test('a process of this machine is dead once it is gone, or its number has come again', async () => {
  const owners = createLinuxRunOwners();
  const self = await owners.self();
  expect(self.process).toBe(process.pid);
  expect(await owners.isDead(self)).toBe(false);
  expect(await owners.isDead({ ...self, processStart: '1' })).toBe(true);

  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  const gone = new Promise((resolve) => child.on('close', resolve));
  child.stdin.end();
  await gone;
  expect(await owners.isDead({ ...self, process: child.pid ?? 0 })).toBe(true);
});

test('of another machine, or without /proc, nobody is known to be dead', async () => {
  const owners = createLinuxRunOwners();
  const self = await owners.self();
  expect(await owners.isDead({ ...self, machine: 'another', processStart: '1' })).toBe(false);
  const blind = createLinuxRunOwners('/nonexistent');
  const unknown = await blind.self();
  expect(unknown).toMatchObject({ machine: 'unknown', processStart: 'unknown' });
  expect(await blind.isDead({ ...unknown, process: 1, processStart: '1' })).toBe(false);
});
