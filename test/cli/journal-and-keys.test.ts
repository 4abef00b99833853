import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { journalLine } from '../../src/adapters/journal/entry-line.ts';
import { ownIdentity } from '../../src/adapters/process/process-identity.ts';
import { idOf } from '../rig/execution.ts';
import { createSandkilnProgram } from '../rig/sandkiln-program.ts';

const at = '2026-01-01T00:00:00.000Z';
const run = '20260101T000000Z-0000abcd';

test('status tells of a run that was killed, with what is not known of it', () => {
  const program = createSandkilnProgram();
  program.run('init');
  program.repository.git('add', '--all');
  program.repository.git('commit', '--quiet', '--message', 'first');
  const folder = join(program.repository.path, '.git', 'sandkiln', 'journal');
  mkdirSync(folder, { recursive: true });
  const lines = [
    { formatVersion: 1, process: { ...ownIdentity(), startTicks: 1 } } as const,
    { type: 'run-started', at, run } as const,
    { type: 'action-finished', at, action: idOf('lab/pack'), status: 'succeeded' } as const,
    { type: 'effect-started', at, action: idOf('lab/publish') } as const,
  ];
  writeFileSync(join(folder, `${run}.jsonl`), lines.map(journalLine).join(''));
  const { exitCode, stdout, stderr } = program.run('status');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain(
    `run ${run} was interrupted at ${at}: 1 actions had ended; not known: lab/work:publish; the next reconcile goes on`,
  );
  const json = JSON.parse(program.run('status', '--output', 'json').stdout);
  expect(json.interruptedRuns).toMatchObject([{ run, openEffects: [idOf('lab/publish')] }]);
});

test('explain --why tells what would run and what its key is made of', () => {
  const program = createSandkilnProgram();
  program.run('init', '--example');
  program.repository.git('add', '--all');
  program.repository.git('commit', '--quiet', '--message', 'first');
  const { exitCode, stdout, stderr } = program.run('explain', '--why', 'debian-12-base');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('debian-12-base/lock: runs each time');
  expect(stdout).toContain(
    'debian-12-base/bootstrap: runs: no row of an earlier run is kept on this host\n  waits for the output of debian-12-base/lock',
  );
  expect(stdout).not.toContain('debian-12-lab');
  const one = program.run('explain', '--why', 'debian-12-base', '--stage', 'scan');
  expect(one.stdout).toContain('  domain "trusted"');
  const other = program.runWith(
    { environment: { SANDKILN_CACHE_DOMAIN: 'untrusted' } },
    'explain',
    '--why',
    'debian-12-base',
    '--stage',
    'scan',
  );
  expect(other.stdout).toContain('  domain "untrusted"');
});

test('a trust domain that is no name is refused', () => {
  const program = createSandkilnProgram();
  const { exitCode, stderr } = program.runWith({ environment: { SANDKILN_CACHE_DOMAIN: '../x' } }, 'status');
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain('SANDKILN_CACHE_DOMAIN is "../x"');
});
