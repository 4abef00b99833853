import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolRequirement } from '../../model/tool.ts';
import type { ProcessRunner } from '../process/process.ts';
import type { ToolReport, Tools } from './tools.ts';
import { compareVersions, versionIn } from './version-text.ts';

const probeTimeoutMs = 10_000;

export interface ToolProbeOptions {
  readonly processes: ProcessRunner;
  /** Folders as in PATH, without relative ones; the same that the process adapter searches. */
  readonly searchPath: readonly string[];
}

/** Asks programs for their versions by running them; what was found is kept for as long as the probe is. */
export function createToolProbe({ processes, searchPath }: ToolProbeOptions): Tools {
  const known = new Map<string, Promise<Pick<ToolReport, 'path' | 'version'>>>();

  async function find(requirement: ToolRequirement): Promise<Pick<ToolReport, 'path' | 'version'>> {
    const path = await pathOf(requirement.command, searchPath);
    if (path === undefined) {
      return {};
    }
    const result = await processes.run(
      { file: path, arguments: requirement.versionArguments },
      { timeoutMs: probeTimeoutMs, outputLimitBytes: 1024 * 1024 },
    );
    // Some print it to stderr, and some end with an exit code of their own.
    const version = versionIn(result.stdout.toString('utf8')) ?? versionIn(result.stderr);
    return version === undefined ? { path } : { path, version };
  }

  return {
    async probe(requirements) {
      return Promise.all(
        requirements.map(async (requirement) => {
          const key = JSON.stringify([requirement.command, ...requirement.versionArguments]);
          const found = known.get(key) ?? find(requirement);
          known.set(key, found);
          return report(requirement, await found);
        }),
      );
    },
  };
}

function report(requirement: ToolRequirement, found: Pick<ToolReport, 'path' | 'version'>): ToolReport {
  const { minimum } = requirement;
  const satisfied =
    found.path !== undefined &&
    (minimum === undefined || (found.version !== undefined && compareVersions(found.version, minimum) >= 0));
  return { requirement, ...found, satisfied };
}

async function pathOf(command: string, searchPath: readonly string[]): Promise<string | undefined> {
  const candidates = command.startsWith('/') ? [command] : searchPath.map((folder) => join(folder, command));
  for (const candidate of candidates) {
    try {
      await access(candidate, constants.X_OK);
      if ((await stat(candidate)).isFile()) {
        return candidate;
      }
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}
