import { readdir, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { hasPassed, type NamespacePrograms, reasonOf } from './namespace-programs.ts';

/** The dnsmasq of a list in a namespace: it outlives the applier, which knows it again by its configuration. */
export interface ResolverProcess {
  isRunning(): Promise<boolean>;
  /** SK7306 where it does not end: it would go on to fill the sets. */
  stop(): Promise<Result<void>>;
  /** SK7306 where it does not start. */
  start(): Promise<Result<void>>;
}

const stopTimeoutMs = 5000;

export function resolverProcess(
  list: string,
  confPath: string,
  programs: NamespacePrograms,
): ResolverProcess {
  const running = () => resolversOf(basename(confPath), programs.identity);
  return {
    isRunning: async () => (await running()).length > 0,
    stop: async () => {
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
        for (const pid of await running()) {
          signalled(pid, signal);
        }
        const until = performance.now() + stopTimeoutMs;
        while (performance.now() < until) {
          if ((await running()).length === 0) {
            return success(undefined);
          }
          await wait(10);
        }
      }
      return failure(resolverFailure(list, 'the one before it does not end'));
    },
    start: async () => {
      const started = await programs.run('dnsmasq', [`--conf-file=${confPath}`, '--pid-file=']);
      return hasPassed(started) ? success(undefined) : failure(resolverFailure(list, reasonOf(started)));
    },
  };
}

/** Processes in a namespace with a configuration of this name, in whatever folder: state folders may be lost or moved. */
async function resolversOf(confName: string, namespace: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 1);
  const ours = await Promise.all(pids.map((pid) => isResolver(pid, confName, namespace)));
  return pids.filter((_, index) => ours[index]);
}

async function isResolver(pid: number, confName: string, namespace: string): Promise<boolean> {
  try {
    const commandLine = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    const conf = commandLine.find((each) => each.startsWith('--conf-file='));
    if (conf === undefined || basename(conf) !== confName) {
      return false;
    }
    const { dev, ino } = await stat(`/proc/${pid}/ns/net`);
    return `${dev}-${ino}` === namespace;
  } catch {
    return false;
  }
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

function resolverFailure(list: string, reason: string): Diagnostic {
  return {
    code: 'SK7306',
    severity: 'error',
    message: `the resolver of the list ${list} could not be started anew (${reason}), so its names do not resolve as they should`,
    hint: 'look whether something else listens at its address; then apply again',
    failure: 'transient',
  };
}
