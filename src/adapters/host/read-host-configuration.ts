import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isDigest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';
import { failure, success } from '../../model/result.ts';
import type { HostConfiguration } from './host.ts';

/** Setting → the variable that overrules the file. */
const variables = {
  key: 'SANDKILN_KEY',
  store: 'SANDKILN_STORE',
  cache: 'SANDKILN_CACHE',
  author: 'SANDKILN_AUTHOR',
  jobs: 'SANDKILN_JOBS',
  trustPin: 'SANDKILN_TRUST_PIN',
} as const;

type Setting = keyof typeof variables;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `$XDG_CONFIG_HOME/sandkiln/host.yaml`, then the `SANDKILN_*` variables, then the XDG defaults. A missing file
 * is no failure; a field that is not known, or a value that does not fit, is one (SK9010).
 */
export async function readHostConfiguration(environment: Environment): Promise<Result<HostConfiguration>> {
  const home = environment['HOME'] ?? homedir();
  const configurationFolder = join(xdg(environment, 'XDG_CONFIG_HOME', join(home, '.config')), 'sandkiln');
  const file = join(configurationFolder, 'host.yaml');
  const written = await readSettings(file);
  if (!written.ok) {
    return written;
  }
  const setting = (name: Setting) => environment[variables[name]] ?? written.value.get(name);
  const origin = (name: Setting) => (environment[variables[name]] === undefined ? `${name} in ${file}` : variables[name]);
  const problems: Diagnostic[] = [];

  const path = (name: Setting, otherwise: string): string => {
    const value = setting(name) ?? otherwise;
    if (!isAbsolute(value)) {
      problems.push(misfit(origin(name), value, 'an absolute path'));
    }
    return value;
  };
  const keyFile = path('key', join(configurationFolder, 'keys', 'builder.pem'));
  const storeFolder = path('store', join(xdg(environment, 'XDG_DATA_HOME', join(home, '.local/share')), 'sandkiln/store'));
  const cacheFolder = path('cache', join(xdg(environment, 'XDG_CACHE_HOME', join(home, '.cache')), 'sandkiln'));
  const author = parseAuthor(setting('author') ?? 'sandkiln <sandkiln@localhost>');
  if (author === undefined) {
    problems.push(misfit(origin('author'), setting('author') ?? '', 'a name and an address: Name <name@example.org>'));
  }
  const jobs = setting('jobs') === undefined ? undefined : Number(setting('jobs'));
  if (jobs !== undefined && (!Number.isInteger(jobs) || jobs < 1 || jobs > 1024)) {
    problems.push(misfit(origin('jobs'), setting('jobs') ?? '', 'a whole number from 1 to 1024'));
  }
  const trustPin = setting('trustPin');
  if (trustPin !== undefined && !isDigest(trustPin)) {
    problems.push(misfit(origin('trustPin'), trustPin, 'sha256: and 64 hexadecimal digits'));
  }
  if (problems.length > 0 || author === undefined) {
    return failure(...problems);
  }
  return success({
    keyFile,
    storeFolder,
    cacheFolder,
    author,
    ...(jobs === undefined ? {} : { jobs }),
    ...(isDigest(trustPin) ? { trustPin } : {}),
  });
}

/** The XDG specification: a variable that is empty or not absolute does not count. */
function xdg(environment: Environment, name: string, otherwise: string): string {
  const value = environment[name];
  return value !== undefined && isAbsolute(value) ? value : otherwise;
}

async function readSettings(file: string): Promise<Result<ReadonlyMap<string, string>>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? success(new Map())
      : failure(unreadable(file, error instanceof Error ? error.message : String(error)));
  }
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { schema: 'failsafe', uniqueKeys: true });
  const value: unknown = document.errors.length > 0 ? undefined : document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  if (!(value instanceof Map)) {
    return failure(unreadable(file, document.errors[0]?.message.split('\n')[0] ?? 'it is not a map'));
  }
  const settings = new Map<string, string>();
  for (const [name, setting] of value) {
    if (typeof name !== 'string' || !Object.hasOwn(variables, name) || typeof setting !== 'string') {
      return failure({
        ...unreadable(file, `${JSON.stringify(name)} is not a setting with one value`),
        hint: `settings are ${Object.keys(variables).join(', ')}`,
      });
    }
    settings.set(name, setting);
  }
  return success(settings);
}

function parseAuthor(text: string): HostConfiguration['author'] | undefined {
  const match = /^([^<>\n\0]{1,200}) <([^<>\s]{1,200})>$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], email: match[2] };
}

function misfit(origin: string, value: string, wanted: string): Diagnostic {
  return {
    code: 'SK9010',
    severity: 'error',
    message: `${origin} is ${JSON.stringify(value)}`,
    hint: `it must be ${wanted}`,
    failure: 'stalled',
  };
}

function unreadable(file: string, why: string): Diagnostic {
  return {
    code: 'SK9010',
    severity: 'error',
    message: `the host configuration ${file} cannot be read: ${why}`,
    hint: 'see docs/host.md for its settings',
    place: { file },
    failure: 'stalled',
  };
}
