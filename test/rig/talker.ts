import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** A program in a network namespace that opens connections, serves and resolves as a test tells it. */
export type Talker = (command: string, rest?: Readonly<Record<string, unknown>>) => Promise<unknown>;

export function startTalker(namespace: string): Talker {
  const script = fileURLToPath(new URL('./talker.mjs', import.meta.url));
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const waiting = new Map<number, (value: unknown) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { id, value } = JSON.parse(line);
    waiting.get(id)?.(value);
    waiting.delete(id);
  });
  const ended = new Promise((done) => child.once('exit', done));
  onTestFinished(async () => {
    child.stdin.end();
    await ended;
  });
  let last = 0;
  return (command, rest = {}) =>
    new Promise((done) => {
      const id = ++last;
      waiting.set(id, done);
      child.stdin.write(`${JSON.stringify({ id, command, ...rest })}\n`);
    });
}
