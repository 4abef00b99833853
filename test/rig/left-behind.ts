import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * What is left of work whose command lines, variables or working folders hold `mark`: processes, mounts, loop devices
 * and namespaces, each as a line.
 */
export function leftBehind(mark: string): readonly string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
  const devices = spawnSync('losetup', ['--all'], { encoding: 'utf8' }).stdout.split('\n');
  const namespaces = spawnSync('lsns', ['--noheadings', '--notruncate'], { encoding: 'utf8' }).stdout.split(
    '\n',
  );
  return [
    ...processesOf(mark).map(({ pid, commandLine }) => `process ${pid}: ${commandLine}`),
    ...[...mounts, ...devices, ...namespaces].filter((line) => line.includes(mark)),
  ];
}

/** Processes whose command lines, variables or working folders hold `mark`. */
export function processesOf(mark: string): readonly { readonly pid: string; readonly commandLine: string }[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && holds(pid, mark))
    .map((pid) => ({ pid, commandLine: commandLineOf(pid) }));
}

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

/** Whether a process of the host that still runs has to do with the mark; this one never does. */
function holds(pid: string, mark: string): boolean {
  try {
    const folder = `/proc/${pid}`;
    return (
      Number(pid) !== process.pid &&
      !/\) Z /.test(readFileSync(`${folder}/stat`, 'latin1')) &&
      [readFileSync(`${folder}/cmdline`, 'latin1'), readFileSync(`${folder}/environ`, 'latin1')]
        .concat(readlinkSync(`${folder}/cwd`), readlinkSync(`${folder}/root`))
        .some((text) => text.includes(mark))
    );
  } catch {
    return false;
  }
}
