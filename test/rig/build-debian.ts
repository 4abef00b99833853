import type { Builder } from '../../src/adapters/builder/builder.ts';
import { createMmdebstrapBuilder } from '../../src/adapters/builder/mmdebstrap/create-mmdebstrap-builder.ts';
import { chooseIsolation } from '../../src/adapters/isolation/choose-isolation.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import { createMemoryScratch } from '../../src/adapters/scratch/memory-scratch.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import type { LocalStore } from '../../src/adapters/store/store.ts';
import type { WorkContext } from '../../src/adapters/work-context.ts';
import type { PackageRequest } from '../../src/model/package-lock.ts';

/** A mirror that nothing answers at. */
export const deadMirror = {
  url: 'http://127.0.0.1:9/debian',
  securityUrl: 'http://127.0.0.1:9/debian-security',
};

/** The real builder of this host for the user that runs it. */
export function debianBuilder(): Builder {
  const processes = createProcessRunner();
  return createMmdebstrapBuilder({
    processes,
    isolation: chooseIsolation(processes, process.getuid?.() ?? 0),
    clock: { now: () => new Date() },
  });
}

export function debianStore(folder: string): LocalStore {
  return createFileSystemStore({ folder, durable: false });
}

export function debianRequest(request: Pick<PackageRequest, 'variant' | 'packages'>): PackageRequest {
  return {
    distribution: 'debian',
    release: 'bookworm',
    architecture: 'amd64',
    ...request,
    suites: ['bookworm', 'bookworm-updates', 'bookworm-security'].map((suite) => ({
      suite,
      components: ['main'],
      security: suite === 'bookworm-security',
    })),
  };
}

/** A work context with scratch space of its own, which is gone when it is disposed of. */
export async function workContext(
  cache: LocalStore,
  options: { readonly timeoutMs?: number; readonly scratchFolder?: string } = {},
): Promise<WorkContext & AsyncDisposable & { readonly lines: string[] }> {
  const made = await createMemoryScratch({
    processes: createProcessRunner(),
    report: (diagnostic) => {
      throw new Error(diagnostic.message);
    },
    ...(options.scratchFolder === undefined
      ? {}
      : { memoryFolder: options.scratchFolder, diskFolder: options.scratchFolder }),
  }).create('build-test', 1024 ** 3);
  if (!made.ok) {
    throw new Error(made.diagnostics[0]?.message);
  }
  const lines: string[] = [];
  return {
    scratch: made.value,
    cache,
    lines,
    log: (line) => lines.push(line),
    signal: new AbortController().signal,
    timeoutMs: options.timeoutMs ?? 600_000,
    [Symbol.asyncDispose]: () => made.value[Symbol.asyncDispose](),
  };
}
