import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import type { WorkContext } from '../../src/adapters/work-context.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A job's context in a folder that is gone when the test ends; what it logs goes to `lines`. */
export function testWorkContext(
  more: Partial<WorkContext> = {},
): WorkContext & { readonly lines: readonly string[]; readonly folder: string } {
  const folder = temporaryFolder();
  const path = join(folder, 'scratch');
  mkdirSync(path);
  const lines: string[] = [];
  return {
    scratch: { path, inMemory: false, [Symbol.asyncDispose]: async () => {} },
    cache: createFileSystemStore({ folder: join(folder, 'cache'), durable: false }),
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
    timeoutMs: 60_000,
    ...more,
    lines,
    folder,
  };
}
