import { failure, success } from '../../model/result.ts';
import type { ProcessRunner } from '../process/process.ts';
import { processSucceeded } from '../process/process-diagnostic.ts';
import type { Isolation } from './isolation.ts';
import { namespaceCommand } from './namespace-command.ts';

const probeTimeoutMs = 10_000;

/** Runs as root of this host, in mount, process, name and network namespaces of its own. SK4041 where it cannot. */
export function createHostRootIsolation(processes: ProcessRunner): Isolation {
  const isolation: Isolation = {
    name: 'root',
    unenforced: ['commands of the tree are root of this host, so only its namespaces hold them'],
    async check() {
      const result = await processes.run(isolation.wrap({ file: 'true', arguments: [] }), {
        timeoutMs: probeTimeoutMs,
      });
      return processSucceeded(result)
        ? success(undefined)
        : failure({
            code: 'SK4041',
            severity: 'error',
            message: `root of this host cannot make namespaces: ${result.stderr.trim() || result.startError || result.ended}`,
            hint: 'install util-linux; inside a container, start it with the capability SYS_ADMIN, or build as an ordinary user',
            failure: 'stalled',
          });
    },
    wrap: (command) => namespaceCommand(command, []),
  };
  return isolation;
}
