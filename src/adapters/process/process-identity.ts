import { readFileSync, readlinkSync } from 'node:fs';

/** Stands for the namespace where the system does not tell it. */
const noNamespace = 'none';

/** What tells a process from every other one of this host: its number may be given again, its start may not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the host started. */
  readonly startTicks: number;
  /** Process numbers mean something only within their namespace. */
  readonly namespace: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startTicks: startTicksOf(process.pid) ?? 0, namespace: ownNamespace() };
}

/** Whether it still runs; `unknown` where it belongs to another namespace, such as another container's, or has none. */
export function processState(identity: ProcessIdentity): 'running' | 'ended' | 'unknown' {
  if (identity.namespace === noNamespace || identity.namespace !== ownNamespace()) {
    return 'unknown';
  }
  return startTicksOf(identity.pid) === identity.startTicks ? 'running' : 'ended';
}

/** proc(5): the start time is field 22, the twentieth after the name in parentheses. */
function startTicksOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  } catch {
    return undefined;
  }
}

/** The host's start and the namespace's number; equal for processes that see each other. */
function ownNamespace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
    return `${boot}${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return noNamespace;
  }
}
