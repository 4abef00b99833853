import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareCodePoints } from '../../../model/json.ts';
import type { ProcessRunner } from '../../process/process.ts';
import { type AptSource, parseDeb822Sources, parseOneLineSources } from './apt-sources.ts';

/** How this host reaches package mirrors. Decides where bytes come from, never which. */
export interface HostApt {
  /** What `sources.list` and `sources.list.d` name, in their order. */
  readonly sources: readonly AptSource[];
  /** Lines of an apt configuration: proxies, certificates, time-outs and retries. */
  readonly acquire: readonly string[];
}

const dumpTimeoutMs = 30_000;

/**
 * Lines of `apt-config dump` that say how to download, and nothing that says what to accept: `Acquire::http…`,
 * retries and addresses, but no `AllowInsecureRepositories` and no index targets.
 */
const transportLine =
  /^Acquire::(?:https?|ftp|Retries|Queue-Mode|ForceIPv4|ForceIPv6|Connect|Max-Default-Age|Max-FutureTime)(?:::[^\s"]*)? "[^"\n]*";$/i;

/** Reads the host's apt configuration; a host without apt sources has none. `folder` is `/etc/apt` but for tests. */
export async function readHostApt(processes: ProcessRunner, folder: string): Promise<HostApt> {
  const dump = await processes.run(
    { file: 'apt-config', arguments: ['dump'] },
    { timeoutMs: dumpTimeoutMs, outputLimitBytes: 1024 * 1024 },
  );
  return {
    sources: await readSources(folder),
    acquire: transportLines(dump.stdout.toString('utf8')),
  };
}

export function transportLines(dump: string): readonly string[] {
  return dump.split('\n').filter((line) => transportLine.test(line));
}

async function readSources(folder: string): Promise<readonly AptSource[]> {
  const parts = join(folder, 'sources.list.d');
  const names = await readdir(parts).catch(() => []);
  const files = [
    join(folder, 'sources.list'),
    ...names.sort(compareCodePoints).map((name) => join(parts, name)),
  ];
  const sources: AptSource[] = [];
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (file.endsWith('.list')) {
      sources.push(...parseOneLineSources(text));
    } else if (file.endsWith('.sources')) {
      sources.push(...parseDeb822Sources(text));
    }
  }
  return sources;
}
