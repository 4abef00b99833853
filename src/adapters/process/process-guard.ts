import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Ends process groups that this process leaves behind when it is killed. */
export interface ProcessGuard {
  /** To be called in the same turn as the start of the group's leader. */
  started(leader: number): void;
  ended(leader: number): void;
}

/**
 * A child that waits for this process to end, however it ends, and then kills the groups that are still there. It is
 * started with the first group, learns of groups through a pipe, and leaves when the pipe closes: the kernel closes it
 * also after a SIGKILL. It holds nothing up: this process may end while it runs.
 */
export function createProcessGuard(): ProcessGuard {
  let input: Writable | undefined;

  function tell(word: 'started' | 'ended', leader: number): void {
    input ??= startGuard().stdin;
    input.write(`${word} ${leader}\n`);
  }

  return {
    started: (leader) => tell('started', leader),
    ended: (leader) => tell('ended', leader),
  };
}

/** A fixed program; what it reads are the words above and numbers of groups. */
const script = `
trap '' HUP INT TERM
groups=' '
while read -r word group; do
  case $word in
    started) groups="$groups$group " ;;
    ended) groups="\${groups%% "$group" *} \${groups#* "$group" }" ;;
  esac
done
for group in $groups; do
  kill -s KILL -- "-$group"
done
`;

function startGuard(): ChildProcessByStdio<Writable, null, null> {
  const guard = spawn('/bin/sh', ['-c', script], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard everything works as it does with one, but for a SIGKILL.
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  guard.unref();
  if ('unref' in guard.stdin && typeof guard.stdin.unref === 'function') {
    guard.stdin.unref();
  }
  return guard;
}
