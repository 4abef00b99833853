import type { Duplex } from 'node:stream';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../model/json.ts';
import { type Result, success } from '../../../model/result.ts';
import { readJsonLines } from './json-line-frames.ts';
import { runtimeProblem } from './runtime-problem.ts';

const messageLimitBytes = 1024 * 1024;

/** A QEMU Machine Protocol session after capability negotiation. */
export interface QmpClient {
  /** Gives the `return` member; SK6008 where QEMU answers with an error, not in time, or no QMP at all. */
  execute(command: string, parameters: JsonObject, timeoutMs: number): Promise<Result<JsonValue>>;
  close(): void;
}

/**
 * Opens a session (QEMU docs/interop/qmp-spec): waits for the greeting, then leaves negotiation mode. Messages are
 * lines of at most 1 MiB; anything that is not QMP ends the session (SK6008).
 */
export async function openQmp(
  stream: Duplex,
  options: { readonly timeoutMs: number; readonly onEvent?: (name: string, event: JsonObject) => void },
): Promise<Result<QmpClient>> {
  const waiting = new Map<string, (answer: Result<JsonValue>) => void>();
  let lastId = 0;
  let ended: string | undefined;

  function answer(id: string, result: Result<JsonValue>): void {
    const resolve = waiting.get(id);
    waiting.delete(id);
    resolve?.(result);
  }
  function expect(id: string, what: string, timeoutMs: number): Promise<Result<JsonValue>> {
    if (ended !== undefined) {
      return Promise.resolve(notQmp(`${what}: ${ended}`));
    }
    return new Promise((resolve) => {
      const timer = setTimeout(() => answer(id, notQmp(`${what}: no answer in ${timeoutMs} ms`)), timeoutMs);
      waiting.set(id, (result) => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  }
  function execute(command: string, parameters: JsonObject, timeoutMs: number): Promise<Result<JsonValue>> {
    lastId += 1;
    const id = `${lastId}`;
    const answered = expect(id, command, timeoutMs);
    if (ended === undefined) {
      stream.write(`${JSON.stringify({ execute: command, arguments: parameters, id })}\n`);
    }
    return answered;
  }

  readJsonLines(stream, messageLimitBytes, {
    message: (value) => {
      if (!isJsonObject(value)) {
        return;
      }
      const { id, error, event } = value;
      if ('QMP' in value) {
        answer(greeting, success(null));
      } else if (typeof event === 'string') {
        options.onEvent?.(event, value);
      } else if (typeof id === 'string' && 'return' in value) {
        answer(id, success(value['return'] ?? null));
      } else if (typeof id === 'string' && isJsonObject(error)) {
        answer(id, notQmp(`QEMU refused: ${String(error['desc'])}`));
      }
    },
    problem: (reason) => {
      ended = reason;
      for (const id of [...waiting.keys()]) {
        answer(id, notQmp(reason));
      }
    },
  });

  const greeted = await expect(greeting, 'the greeting', options.timeoutMs);
  const ready = greeted.ok ? await execute('qmp_capabilities', {}, options.timeoutMs) : greeted;
  if (!ready.ok) {
    stream.destroy();
    return ready;
  }
  return success({ execute, close: () => stream.destroy() });
}

/** Stands for the greeting among the ids of commands, which are numbers. */
const greeting = 'greeting';

function notQmp(reason: string): Result<never> {
  return runtimeProblem(
    'SK6008',
    `the QMP session with QEMU failed: ${reason}`,
    'run the smoke test again; if it comes back, look at what QEMU wrote in the log of the action',
    'transient',
  );
}
