import { once } from 'node:events';
import { parentPort, Worker } from 'node:worker_threads';
import {
  type Answer,
  accept,
  answerWith,
  type CollectedRequest,
  hang,
  startOtlpCollector,
} from './otlp-collector.ts';

/** A collector that goes on while the test waits for a process to end. */
export interface CollectorThread extends AsyncDisposable {
  readonly endpoint: string;
  /** What came up to now. */
  requests(): Promise<readonly CollectedRequest[]>;
}

const answers = { accept, hang, refuse: answerWith(500) } as const satisfies Record<string, Answer>;

type Told = { readonly endpoint: string } | { readonly requests: readonly CollectedRequest[] };

export async function startCollectorThread(
  answer: keyof typeof answers = 'accept',
): Promise<CollectorThread> {
  const worker = new Worker(new URL(import.meta.url), { argv: [answer] });
  const next = async (): Promise<Told> => {
    const [told]: Told[] = await once(worker, 'message');
    if (told === undefined) {
      throw new Error('the collector said nothing');
    }
    return told;
  };
  const started = await next();
  if (!('endpoint' in started)) {
    throw new Error('the collector did not start');
  }
  return {
    endpoint: started.endpoint,
    requests: async () => {
      const told = next();
      worker.postMessage('requests');
      const answered = await told;
      return 'requests' in answered ? answered.requests : [];
    },
    [Symbol.asyncDispose]: async () => void (await worker.terminate()),
  };
}

if (parentPort !== null && process.argv[2] !== undefined && process.argv[2] in answers) {
  const port = parentPort;
  const chosen = Object.entries(answers).find(([name]) => name === process.argv[2])?.[1] ?? accept;
  const collector = await startOtlpCollector(chosen);
  port.on('message', () => port.postMessage({ requests: collector.requests }));
  port.postMessage({ endpoint: collector.endpoint });
}
