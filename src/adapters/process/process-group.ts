import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 20;

/** A killed process that is in an uninterruptible call may need a while; nothing waits longer for it. */
const reapMs = 5000;

/**
 * Sends SIGTERM to every process of a group and SIGKILL to those that are left after `killDelayMs`. Resolves
 * once none runs. The group's id stays reserved while a member is there, so it cannot hit a stranger.
 */
export async function endProcessGroup(leader: number, killDelayMs: number): Promise<void> {
  if (!hasRunningMember(leader)) {
    return;
  }
  signalGroup(leader, 'SIGTERM');
  for (let waitedMs = 0; waitedMs < killDelayMs; waitedMs += pollMs) {
    await sleep(pollMs);
    if (!hasRunningMember(leader)) {
      return;
    }
  }
  signalGroup(leader, 'SIGKILL');
  for (let waitedMs = 0; waitedMs < reapMs && hasRunningMember(leader); waitedMs += pollMs) {
    await sleep(pollMs);
  }
}

/** Kills a whole group at once, as is right when this process itself ends. */
export function killProcessGroup(leader: number): void {
  signalGroup(leader, 'SIGKILL');
}

/** False where the group has no process that may be signalled; one that ended but was not waited for counts. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}

/** Looks beyond the signal: the init of a container may leave dead orphans unreaped for long. */
function hasRunningMember(leader: number): boolean {
  return signalGroup(leader, 0) && processIds().some((pid) => runsInGroup(pid, leader));
}

function processIds(): readonly string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

/** proc(5): state and process group are the first and third field after the name in parentheses. */
function runsInGroup(pid: string, group: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, , processGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(processGroup) === group && state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}
