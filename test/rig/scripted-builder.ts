import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Builder } from '../../src/adapters/builder/builder.ts';
import { createExternalCommandBuilder } from '../../src/adapters/builder/external-command/create-external-command-builder.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../../src/adapters/scratch/memory-scratch.ts';
import { packageLockShape } from '../../src/engine/catalog/record-shapes.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** Shell that tells an event; the variables of the script are put in. */
export function tell(event: object): string {
  return `printf '%s\\n' "${JSON.stringify(event).replace(/[\\"]/g, '\\$&')}"`;
}

/**
 * A builder of this host that is a shell script; it runs in its scratch folder, with the request in `request.json`. What
 * is stopped is killed after a fifth of a second.
 */
export function scriptedBuilder(...lines: readonly string[]): Builder {
  const path = join(temporaryFolder(), 'builder');
  writeFileSync(path, ['#!/bin/sh', 'cat > request.json', ...lines, ''].join('\n'), { mode: 0o755 });
  return externalBuilder([path]);
}

export function externalBuilder(command: readonly string[], signal?: AbortSignal): Builder {
  const processes = createProcessRunner({ killDelayMs: 200 });
  const folder = temporaryFolder();
  return createExternalCommandBuilder({
    name: 'scripted',
    command,
    processes,
    scratch: createMemoryScratch({
      processes,
      report: ({ message }) => {
        throw new Error(message);
      },
      memoryFolder: folder,
      diskFolder: folder,
    }),
    clock: { now: () => new Date('2026-01-01T00:00:00Z') },
    lockShape: packageLockShape,
    ...(signal === undefined ? {} : { signal }),
  });
}
