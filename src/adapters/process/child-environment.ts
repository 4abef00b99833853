import { homedir } from 'node:os';
import process from 'node:process';
import type { Command } from './process.ts';

/**
 * The whole environment of a child: the host's search path with the folders of system tools, a fixed locale and time
 * zone, HOME, and what the command itself declares. Nothing else of this process's environment is passed on.
 */
export function childEnvironment(command: Command): Record<string, string> {
  return {
    PATH: childSearchPath().join(':'),
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    HOME: process.env['HOME'] ?? homedir(),
    ...command.environment,
  };
}

/**
 * Where children look for programs: this process's PATH and the folders of system tools. Relative entries are left
 * out, since they would let the current folder decide which program runs.
 */
export function childSearchPath(): readonly string[] {
  const folders = (process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  return [
    ...new Set([
      ...folders.filter((folder) => folder.startsWith('/')),
      '/usr/local/sbin',
      '/usr/sbin',
      '/sbin',
    ]),
  ];
}
