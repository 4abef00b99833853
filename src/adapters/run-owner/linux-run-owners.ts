import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { RunOwners } from './run-owner.ts';

/**
 * Processes by /proc (proc(5)). A machine is a boot of a kernel and a PID namespace, so that a process of another
 * container or of the time before a restart is never asked for by a number that means something else here. Where there
 * is no such /proc, no owner is ever known to be dead.
 */
export function createLinuxRunOwners(proc = '/proc'): RunOwners {
  async function machine(): Promise<string> {
    const [boot, namespace] = await Promise.all([
      readFile(`${proc}/sys/kernel/random/boot_id`, 'utf8').catch(() => ''),
      readlink(`${proc}/self/ns/pid`).catch(() => ''),
    ]);
    return boot === '' || namespace === ''
      ? 'unknown'
      : createHash('sha256').update(`${boot}${namespace}`).digest('hex').slice(0, 32);
  }

  /** Field 22 of stat; the name in field 2 may hold anything, so counting starts after its last parenthesis. */
  async function startOf(pid: number): Promise<string | undefined> {
    const stat = await readFile(`${proc}/${pid}/stat`, 'utf8').catch(() => undefined);
    return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  }

  return {
    self: async () => ({
      host: hostname(),
      machine: await machine(),
      process: process.pid,
      processStart: (await startOf(process.pid)) ?? 'unknown',
    }),
    async isDead(owner) {
      const here = await machine();
      return (
        here !== 'unknown' && owner.machine === here && (await startOf(owner.process)) !== owner.processStart
      );
    },
  };
}
