import { join } from 'node:path';
import { createFileSystemActionCache } from '../../src/adapters/action-cache/file-system-action-cache.ts';
import type { TimerHandle } from '../../src/adapters/clock/timer.ts';
import type { JournalEntry } from '../../src/adapters/journal/journal.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../../src/adapters/scratch/memory-scratch.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { type ExecuteOptions, type Execution, execute } from '../../src/engine/execute/execute.ts';
import { buildGraph } from '../../src/engine/graph/build-graph.ts';
import type { Stage } from '../../src/engine/stage.ts';
import { type Action, type ActionId, actionId } from '../../src/model/action.ts';
import type { Event } from '../../src/model/event.ts';
import { success } from '../../src/model/result.ts';
import { expectValue } from './expect-result.ts';

/** An action of the stage `work`, named `<resource>/<part>`. */
export function testAction(name: string, needs: readonly string[] = [], more: Partial<Action> = {}): Action {
  const [resource = '', part = ''] = name.split('/');
  const identity = { kind: 'SandboxImageSpec', name: resource };
  return {
    id: idOf(name),
    resource: identity,
    stage: 'work',
    effect: 'pure',
    needs: needs.map(idOf),
    input: { part },
    timeoutMs: 1000,
    ...more,
  };
}

export function idOf(name: string): ActionId {
  const [resource = '', part = ''] = name.split('/');
  return actionId({ kind: 'SandboxImageSpec', name: resource }, 'work', part);
}

export type Run = Stage['run'];

/** A timer that the test moves on. */
export interface TestTimer {
  readonly after: (delayMs: number, call: () => void) => TimerHandle;
  advance(byMs: number): void;
}

export function createTestTimer(): TestTimer {
  let nowMs = 0;
  const waiting = new Set<{ readonly dueMs: number; readonly call: () => void }>();
  return {
    after: (delayMs, call) => {
      const entry = { dueMs: nowMs + delayMs, call };
      waiting.add(entry);
      return { cancel: () => void waiting.delete(entry) };
    },
    advance: (byMs) => {
      nowMs += byMs;
      for (const entry of [...waiting].filter(({ dueMs }) => dueMs <= nowMs)) {
        waiting.delete(entry);
        entry.call();
      }
    },
  };
}

export interface ExecutionRig {
  readonly timer: TestTimer;
  readonly events: Event[];
  readonly journal: (JournalEntry | { readonly type: 'synchronised' })[];
  readonly controller: AbortController;
  readonly cache: ReturnType<typeof createFileSystemStore>;
  execute(actions: readonly Action[], run: Run, options?: Partial<ExecuteOptions>): Promise<Execution>;
}

/** Runs actions with a real store, action cache and scratch in a folder; the test is the stage. */
export function createExecutionRig(folder: string): ExecutionRig {
  const timer = createTestTimer();
  const events: Event[] = [];
  const journal: ExecutionRig['journal'] = [];
  const controller = new AbortController();
  const cache = createFileSystemStore({ folder: join(folder, 'cache'), durable: false });
  const actionCache = createFileSystemActionCache({ folder: join(folder, 'actions'), cache });
  const scratch = createMemoryScratch({
    processes: createProcessRunner(),
    report: () => {},
    memoryFolder: join(folder, 'none'),
    diskFolder: join(folder, 'scratch'),
  });
  return {
    timer,
    events,
    journal,
    controller,
    cache,
    execute: (actions, run, options = {}) => {
      const stage: Stage = {
        name: 'work',
        version: 1,
        effect: 'pure',
        fingerprint: async () => success({ tools: { tool: '1.0' }, environment: {} }),
        run,
      };
      return execute(expectValue(buildGraph(actions)), {
        run: '20260101T000000Z-00000000',
        stages: new Map([['work', stage]]),
        limits: { cpu: 2 },
        failFast: false,
        clock: { now: () => new Date('2026-01-01T00:00:00Z') },
        timer,
        scratch,
        cache,
        actionCache,
        journal: {
          append: (entry) => void journal.push(entry),
          synchronise: async () => success(void journal.push({ type: 'synchronised' })),
          close: async () => {},
        },
        redact: (line) => line.replaceAll('hunter2', '***'),
        emit: (event) => void events.push(event),
        signal: controller.signal,
        platform: 'linux/x64',
        salt: '',
        domain: 'trusted',
        ...options,
      });
    },
  };
}
