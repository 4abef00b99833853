import { mkdtemp, rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { type ConsoleCapture, captureConsole } from './console-capture.ts';
import { socketNames } from './qemu-arguments.ts';
import { runtimeProblem } from './runtime-problem.ts';
import { listenInFolder, type UnixListener } from './unix-listener.ts';

const consoleLimitBytes = 16 * 1024 * 1024;

/** A QEMU process with what it is connected to. */
export interface MachineProcess extends AsyncDisposable {
  readonly console: ConsoleCapture;
  readonly ended: Promise<ProcessResult>;
  socket(name: keyof typeof socketNames): Promise<Socket | undefined>;
  /** Ends the process group; the folder and the sockets are gone then. */
  stop(): Promise<ProcessResult>;
}

/**
 * Starts QEMU in a new folder of the scratch space, where its sockets are. It ends with this process even where
 * that is killed: the kernel sends SIGKILL to a child whose parent died (setpriv --pdeathsig). SK6001 where it does
 * not start.
 */
export async function startMachineProcess(
  processes: ProcessRunner,
  emulator: string,
  machine: { readonly arguments: readonly string[]; readonly sockets: readonly (keyof typeof socketNames)[] },
  context: WorkContext,
): Promise<Result<MachineProcess>> {
  const folder = await mkdtemp(join(context.scratch.path, 'machine-'));
  const listeners = new Map<string, UnixListener>();
  for (const name of machine.sockets) {
    listeners.set(name, await listenInFolder(folder, socketNames[name]));
  }
  const tidy = async (): Promise<void> => {
    for (const listener of listeners.values()) {
      await listener[Symbol.asyncDispose]();
    }
    await rm(folder, { recursive: true, force: true });
  };
  const child = await processes.start(
    {
      file: 'setpriv',
      arguments: ['--pdeathsig', 'KILL', '--', emulator, ...machine.arguments],
      directory: folder,
      environment: { TMPDIR: folder },
    },
    { signal: context.signal },
  );
  if ('startError' in child) {
    await tidy();
    return runtimeProblem(
      'SK6001',
      `setpriv, which starts ${emulator}, did not start (${child.startError})`,
      'install util-linux and qemu-system-x86',
      'transient',
    );
  }
  const output = captureConsole(child.stdout, consoleLimitBytes);
  // A machine that ended closes its listeners, so that nobody waits for a connection that cannot come.
  const ended = child.ended.then(async (result) => {
    await tidy();
    return result;
  });
  const stop = async (): Promise<ProcessResult> => {
    await child.stop();
    return ended;
  };
  return success({
    console: output,
    ended,
    socket: async (name) => listeners.get(name)?.connection,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
    },
  });
}
