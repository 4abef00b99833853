import type { ProcessRunner } from '../process/process.ts';
import { createHostRootIsolation } from './host-root.ts';
import type { Isolation } from './isolation.ts';
import { createUserNamespaceIsolation } from './user-namespace.ts';

/** The isolation for a user of this host: root works as itself, everybody else in a user namespace. */
export function chooseIsolation(processes: ProcessRunner, userId: number): Isolation {
  return userId === 0 ? createHostRootIsolation(processes) : createUserNamespaceIsolation(processes);
}
