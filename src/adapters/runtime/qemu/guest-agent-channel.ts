import { randomInt } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { DiagnosticCode } from '../../../model/diagnostic.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { type Result, success } from '../../../model/result.ts';
import { runtimeProblem } from './runtime-problem.ts';

const replyLimitBytes = 4 * 1024 * 1024;
/** What a guest may send while one answer is awaited, answers and noise together. */
const noiseLimitBytes = 64 * 1024 * 1024;
const resendAfterMs = 1000;
const sentinel = 0xff;

/** A line to the guest agent. The guest is hostile: every answer is bounded in size and time. */
export interface GuestAgentChannel {
  /**
   * Until the agent has answered `guest-sync-delimited` with a fresh id after the sentinel; all that came before is
   * thrown away. Asks again every second, because an agent that is not there yet hears nothing. SK6005, SK6006.
   */
  synchronise(timeoutMs: number): Promise<Result<void>>;
  /** Gives the `return` member. Synchronises first where an earlier call failed. SK6005, SK6006, SK6007. */
  call(command: string, parameters: JsonObject, timeoutMs: number): Promise<Result<JsonValue>>;
}

interface Waiting {
  readonly line: (text: string) => void;
  readonly problem: (reason: string) => void;
  /** Whether bytes are thrown away until the next sentinel. */
  skipping: boolean;
  seenBytes: number;
}

/** The QEMU guest agent's protocol (QEMU docs/interop/qemu-ga-ref), one call at a time, over a virtio-serial port. */
export function createGuestAgentChannel(stream: Duplex): GuestAgentChannel {
  let waiting: Waiting | undefined;
  let parts: Uint8Array[] = [];
  let lineBytes = 0;
  let inStep = false;
  let closed = false;
  let lastTurn: Promise<unknown> = Promise.resolve();

  function take(bytes: Uint8Array): void {
    let rest = bytes;
    while (waiting !== undefined && rest.length > 0) {
      const current = waiting;
      const stop = current.skipping ? rest.indexOf(sentinel) : rest.indexOf(0x0a);
      const part = stop < 0 ? rest : rest.subarray(0, stop);
      rest = stop < 0 ? new Uint8Array() : rest.subarray(stop + 1);
      current.seenBytes += part.length + 1;
      if (current.seenBytes > noiseLimitBytes) {
        current.problem(`more than ${noiseLimitBytes} bytes without an answer`);
      } else if (!current.skipping && !keep(part)) {
        current.problem(`a reply of more than ${replyLimitBytes} bytes`);
      } else if (stop >= 0 && current.skipping) {
        current.skipping = false;
      } else if (stop >= 0) {
        current.line(takeLine());
      }
    }
  }
  function keep(part: Uint8Array): boolean {
    lineBytes += part.length;
    parts.push(part);
    return lineBytes <= replyLimitBytes;
  }
  function takeLine(): string {
    const line = Buffer.concat(parts);
    parts = [];
    lineBytes = 0;
    // A sentinel within a line starts the reply again.
    return line.subarray(line.lastIndexOf(sentinel) + 1).toString('utf8');
  }
  stream.on('data', take);
  stream.on('error', () => {});
  stream.on('close', () => {
    closed = true;
    waiting?.problem('the connection was closed');
  });

  /** Sends requests and reads lines until `accept` gives something for one. */
  function exchange<Value>(
    send: () => void,
    timing: { readonly timeoutMs: number; readonly resendAfterMs?: number },
    skipping: boolean,
    accept: (line: string) => Result<Value> | 'stale',
  ): Promise<Result<Value>> {
    if (closed) {
      return Promise.resolve(problem('SK6006', 'the connection was closed'));
    }
    return new Promise((resolve) => {
      const again = timing.resendAfterMs === undefined ? undefined : setInterval(send, timing.resendAfterMs);
      const timer = setTimeout(
        () => end(problem('SK6005', `no answer in ${timing.timeoutMs} ms`)),
        Math.max(1, timing.timeoutMs),
      );
      function end(result: Result<Value>): void {
        clearInterval(again);
        clearTimeout(timer);
        waiting = undefined;
        parts = [];
        lineBytes = 0;
        resolve(result);
      }
      const current: Waiting = {
        skipping,
        seenBytes: 0,
        line: (text) => {
          const result = accept(text);
          if (result === 'stale') {
            current.skipping = true;
          } else {
            end(result);
          }
        },
        problem: (reason) => end(problem('SK6006', reason)),
      };
      waiting = current;
      send();
    });
  }

  async function synchronise(timeoutMs: number): Promise<Result<void>> {
    inStep = false;
    const deadline = Date.now() + timeoutMs;
    const ids = new Set<number>();
    function ask(): void {
      const id = randomInt(1, 2 ** 31);
      ids.add(id);
      // The sentinel first: it makes the agent forget half a request that it may hold.
      stream.write(Buffer.from([sentinel]));
      stream.write(`${JSON.stringify({ execute: 'guest-sync-delimited', arguments: { id } })}\n`);
    }
    function isAnswer(line: string): Result<void> | 'stale' {
      const reply = parsed(line);
      const id = isJsonObject(reply) ? reply['return'] : undefined;
      return typeof id === 'number' && ids.has(id) ? success(undefined) : 'stale';
    }
    const awake = await exchange(ask, { timeoutMs, resendAfterMs }, true, isAnswer);
    if (!awake.ok) {
      return awake;
    }
    // Answers to the other requests may still come; after the answer to one more there are none left.
    ids.clear();
    const settled = await exchange(ask, { timeoutMs: deadline - Date.now() }, true, isAnswer);
    inStep = settled.ok;
    return settled;
  }

  async function call(
    command: string,
    parameters: JsonObject,
    timeoutMs: number,
  ): Promise<Result<JsonValue>> {
    const deadline = Date.now() + timeoutMs;
    if (!inStep) {
      const synchronised = await synchronise(timeoutMs);
      if (!synchronised.ok) {
        return synchronised;
      }
    }
    const request = `${JSON.stringify({ execute: command, arguments: parameters })}\n`;
    const result = await exchange(
      () => stream.write(request),
      { timeoutMs: deadline - Date.now() },
      false,
      (line) => readReply(line, command),
    );
    inStep = result.ok || result.diagnostics[0]?.code === 'SK6007';
    return result;
  }

  /** One after the other: the protocol has no ids by which answers could be told apart. */
  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const turn = lastTurn.then(work);
    lastTurn = turn;
    return turn;
  }

  return {
    synchronise: (timeoutMs) => inTurn(() => synchronise(timeoutMs)),
    call: (command, parameters, timeoutMs) => inTurn(() => call(command, parameters, timeoutMs)),
  };
}

function readReply(line: string, command: string): Result<JsonValue> {
  const reply = parsed(line);
  if (!isJsonObject(reply)) {
    return problem('SK6006', `a reply to ${command} that is not a JSON object`);
  }
  const error = reply['error'];
  if (isJsonObject(error)) {
    return problem('SK6007', `${command} was refused: ${String(error['desc']).slice(0, 500)}`);
  }
  return 'return' in reply
    ? success(reply['return'] ?? null)
    : problem('SK6006', `a reply to ${command} without \`return\` and \`error\``);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const hints: Partial<Record<DiagnosticCode, string>> = {
  SK6005:
    'check that qemu-guest-agent is installed and started in the image; the console shows how far it came',
  SK6006: 'do not trust this guest: find out what talks on the port org.qemu.guest_agent.0 in the image',
  SK6007:
    'allow the command in the configuration of the guest agent in the image, or check the command of the test',
};

function problem(code: DiagnosticCode, reason: string): Result<never> {
  return runtimeProblem(
    code,
    `the guest agent: ${reason}`,
    hints[code] ?? '',
    code === 'SK6005' ? 'timed-out' : 'stalled',
  );
}
