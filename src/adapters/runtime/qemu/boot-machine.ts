import { type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { BootRequest, GuestAgent, Machine } from '../runtime.ts';
import { firmwareArguments } from './firmware.ts';
import { createGuestAgent } from './guest-agent.ts';
import { createGuestAgentChannel } from './guest-agent-channel.ts';
import { endedWithin, machineEnding } from './machine-ending.ts';
import { type MachineProcess, startMachineProcess } from './machine-process.ts';
import {
  type AccelerationName,
  agentArguments,
  commonArguments,
  controlArguments,
  diskArguments,
  networkArguments,
  shapeArguments,
} from './qemu-arguments.ts';
import { openQmp, type QmpClient } from './qmp.ts';
import { runtimeProblem } from './runtime-problem.ts';

const controlTimeoutMs = 10_000;
const endingMs = 1000;

/** Starts a machine with the image's own init; it runs when QEMU answers on its control socket. */
export async function bootMachine(
  host: {
    readonly processes: ProcessRunner;
    readonly emulator: string;
    readonly firmwareFolder: string;
    readonly acceleration: AccelerationName;
  },
  request: BootRequest,
  context: WorkContext,
): Promise<Result<Machine>> {
  const start = await startArguments(request.start, host.firmwareFolder, context);
  if (!start.ok) {
    return start;
  }
  const started = await startMachineProcess(
    host.processes,
    host.emulator,
    {
      arguments: [
        ...commonArguments(host.acceleration),
        ...shapeArguments(request.shape),
        ...diskArguments(request.disk),
        ...networkArguments(request.network),
        ...agentArguments(),
        ...controlArguments(),
        '-device',
        'virtio-rng-pci',
        ...start.value,
      ],
      sockets: ['control', 'agent'],
    },
    context,
  );
  if (!started.ok) {
    return started;
  }
  const machine = started.value;
  const control = await openControl(machine);
  if (!control.ok) {
    const ending = machineEnding(await machine.stop());
    return ending ?? control;
  }
  return success(asMachine(machine, control.value));
}

async function startArguments(
  start: BootRequest['start'],
  firmwareFolder: string,
  context: WorkContext,
): Promise<Result<readonly string[]>> {
  switch (start.by) {
    case 'kernel':
      return success([
        '-kernel',
        start.kernelPath,
        '-initrd',
        start.initrdPath,
        '-append',
        start.commandLine.join(' '),
      ]);
    case 'firmware':
      return firmwareArguments(start.firmware, firmwareFolder, context);
  }
}

/** The control session; of a machine that ended before, the way it ended. */
async function openControl(machine: MachineProcess): Promise<Result<QmpClient>> {
  const socket = await Promise.race([machine.socket('control'), afterEnd(machine.ended)]);
  return socket === undefined
    ? runtimeProblem(
        'SK6002',
        'QEMU ended before it could be talked to',
        'look at the log of the action',
        'transient',
      )
    : openQmp(socket, { timeoutMs: controlTimeoutMs });
}

async function afterEnd(ended: Promise<ProcessResult>): Promise<undefined> {
  await ended;
  return undefined;
}

function asMachine(machine: MachineProcess, control: QmpClient): Machine {
  const agent = machine.socket('agent').then((socket) => socket && createGuestAgentChannel(socket));

  async function waitForAgent(timeoutMs: number): Promise<Result<GuestAgent>> {
    const channel = await Promise.race([agent, afterEnd(machine.ended)]);
    if (channel === undefined) {
      return machineEnding(await machine.ended) ?? endedByItself('before its guest agent answered');
    }
    const answered = await channel.synchronise(timeoutMs);
    if (answered.ok) {
      return success(createGuestAgent(channel));
    }
    // Of a machine that ended, the connection is closed a moment before the process is gone.
    const late = answered.diagnostics.some(({ code }) => code === 'SK6005');
    const ended = late ? undefined : await endedWithin(machine.ended, endingMs);
    return ended === undefined
      ? answered
      : (machineEnding(ended) ?? endedByItself('before its guest agent answered'));
  }

  function waitForConsole(texts: readonly string[], timeoutMs: number): Promise<Result<string>> {
    return new Promise((resolve) => {
      let unwatch: (() => void) | undefined;
      const wanted = texts.map((text) => JSON.stringify(text)).join(', ');
      const timer = setTimeout(() => {
        settle(
          runtimeProblem(
            'SK6004',
            `none of ${wanted} came on the console in ${timeoutMs} ms`,
            'look at the console in the log: it shows how far the guest came',
            'timed-out',
          ),
        );
      }, timeoutMs);
      unwatch = machine.console.watch(texts, (text) => settle(success(text)));
      void machine.ended.then((result) =>
        settle(machineEnding(result) ?? endedByItself(`before any of ${wanted} came on the console`)),
      );
      function settle(result: Result<string>): void {
        clearTimeout(timer);
        unwatch?.();
        resolve(result);
      }
    });
  }

  async function stop(): Promise<void> {
    // QEMU's own end is quicker than a signal ladder; where it does not answer, the ladder follows.
    void control.execute('quit', {}, 1000);
    await machine.stop();
  }

  return {
    console: () => machine.console.bytes(),
    waitForConsole,
    waitForAgent,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function endedByItself(when: string): Result<never> {
  return runtimeProblem(
    'SK6003',
    `the machine ended ${when}`,
    'look at the console in the log: a panic or a power-off ends a machine',
  );
}
