import { readFile } from 'node:fs/promises';
import type { Command } from '../process/process.ts';

/**
 * The command on the first `cpus` of those that this process may run on (taskset(1)); unchanged where it may use no
 * more than that anyway, or without a limit.
 */
export async function limitCpus(command: Command, cpus: number | undefined): Promise<Command> {
  const allowed = cpusOf(await readFile('/proc/self/status', 'utf8').catch(() => ''));
  if (cpus === undefined || allowed.length <= cpus) {
    return command;
  }
  const list = allowed.slice(0, cpus).join(',');
  return { ...command, file: 'taskset', arguments: ['--cpu-list', list, command.file, ...command.arguments] };
}

/** CPU numbers of the `Cpus_allowed_list` line of proc(5): `0-3,8` is 0, 1, 2, 3, 8. */
export function cpusOf(status: string): readonly number[] {
  const list = /^Cpus_allowed_list:\s*([0-9,-]+)$/m.exec(status)?.[1] ?? '';
  return list.split(',').flatMap((part) => {
    const [first = '', last = first] = part.split('-');
    const count = Number(last) - Number(first) + 1;
    return first === '' ? [] : Array.from({ length: count }, (_, index) => Number(first) + index);
  });
}
