import type { Timer, TimerHandle } from '../clock/timer.ts';
import type { Span } from './span.ts';
import { endLimitMs } from './tracer.ts';

/** Spans of one request. */
const batchSpans = 512;

/** Spans that wait; more are lost, so that memory stays bounded where the endpoint is slower than the run. */
const waitingSpansLimit = 16_384;

/** A span waits no longer for others to travel with. */
const batchDelayMs = 5000;

export interface SpanExporter {
  add(span: Span): void;
  /** Sends what waits, and gives up when the time is over. */
  end(): Promise<LostSpans | undefined>;
}

export interface LostSpans {
  readonly count: number;
  /** Why the first of them got lost. */
  readonly reason: string;
}

/** What became of one request: how many of its spans got lost, and why. */
export type SendBatch = (spans: readonly Span[], signal: AbortSignal) => Promise<LostSpans | undefined>;

/**
 * Sends spans in batches, one request at a time, while the run goes on; nothing waits for it before the end. What
 * cannot be sent is counted and not tried again: a trace is worth less than the time of a run.
 */
export function createSpanExporter(send: SendBatch, timer: Timer): SpanExporter {
  const waiting: Span[] = [];
  const over = new AbortController();
  let sending: Promise<void> | undefined;
  let nextBatch: TimerHandle | undefined;
  let lost: LostSpans | undefined;

  function lose(more: LostSpans): void {
    lost = { count: (lost?.count ?? 0) + more.count, reason: lost?.reason ?? more.reason };
  }

  async function sendAll(): Promise<void> {
    while (waiting.length > 0 && !over.signal.aborted) {
      const problem = await send(waiting.splice(0, batchSpans), over.signal);
      if (problem !== undefined) {
        lose(problem);
      }
    }
  }

  function startSending(): Promise<void> {
    nextBatch?.cancel();
    nextBatch = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
    return sending;
  }

  return {
    add: (span) => {
      if (waiting.length >= waitingSpansLimit) {
        lose({ count: 1, reason: 'they came faster than the endpoint took them' });
        return;
      }
      waiting.push(span);
      if (waiting.length >= batchSpans) {
        void startSending();
      } else {
        nextBatch ??= timer.after(batchDelayMs, () => void startSending());
      }
    },
    end: async () => {
      const limit = timer.after(endLimitMs, () => over.abort());
      // Spans that came while the last request was under way.
      for (let open = true; open; open = waiting.length > 0 && !over.signal.aborted) {
        await startSending();
      }
      limit.cancel();
      if (waiting.length > 0) {
        lose({ count: waiting.length, reason: `the endpoint took longer than ${endLimitMs / 1000} s` });
      }
      return lost;
    },
  };
}
