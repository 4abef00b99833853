import { homedir } from 'node:os';
import { isAbsolute, join, normalize } from 'node:path';
import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { isDigest } from '../../model/digest.ts';
import type { Result } from '../../model/result.ts';
import { failure, success } from '../../model/result.ts';
import { builtInBuilder } from '../builder/builder.ts';
import type { HostConfiguration } from './host.ts';
import type { HostFile } from './host-file.ts';
import { readOwnFile } from './read-own-file.ts';

/** Setting → the variable that overrules the file. */
const variables = {
  key: 'SANDKILN_KEY',
  store: 'SANDKILN_STORE',
  cache: 'SANDKILN_CACHE',
  cacheDomain: 'SANDKILN_CACHE_DOMAIN',
  author: 'SANDKILN_AUTHOR',
  jobs: 'SANDKILN_JOBS',
  trustPin: 'SANDKILN_TRUST_PIN',
} as const;

const defaultCacheDomain = 'trusted';

type Setting = keyof typeof variables;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `$XDG_CONFIG_HOME/sandkiln/host.yaml`, then the `SANDKILN_*` variables, then the XDG defaults. A missing file
 * is no failure; a field that is not known, a value that does not fit, or a file that others can change is one (SK9010).
 */
export async function readHostConfiguration(environment: Environment): Promise<Result<HostConfiguration>> {
  const home = environment['HOME'] ?? homedir();
  const configurationFolder = join(xdg(environment, 'XDG_CONFIG_HOME', join(home, '.config')), 'sandkiln');
  const file = join(configurationFolder, 'host.yaml');
  const written = await readHostFile(file);
  if (!written.ok) {
    return written;
  }
  const { settings, builders } = written.value;
  const setting = (name: Setting) => environment[variables[name]] ?? settings.get(name)?.text;
  const origin = (name: Setting): Origin =>
    environment[variables[name]] === undefined
      ? { text: `${name} in ${file}`, place: settings.get(name)?.place }
      : { text: variables[name] };
  const problems: Diagnostic[] = [];

  const path = (name: Setting, otherwise: string): string => {
    const value = setting(name) ?? otherwise;
    if (!isAbsolute(value)) {
      problems.push(misfit(origin(name), value, 'an absolute path'));
    } else if (/^\/(?:proc|sys)(?:\/|$)/.test(normalize(value))) {
      problems.push(
        misfit(origin(name), value, 'a path of a file system for files, not below /proc or /sys'),
      );
    }
    return value;
  };
  const keyFile = path('key', join(configurationFolder, 'keys', 'builder.pem'));
  const storeFolder = path(
    'store',
    join(xdg(environment, 'XDG_DATA_HOME', join(home, '.local/share')), 'sandkiln/store'),
  );
  const cacheRoot = path('cache', join(xdg(environment, 'XDG_CACHE_HOME', join(home, '.cache')), 'sandkiln'));
  const cacheDomain = setting('cacheDomain') ?? defaultCacheDomain;
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(cacheDomain)) {
    problems.push(
      misfit(origin('cacheDomain'), cacheDomain, 'lower-case letters, digits and "-", at most 63'),
    );
  }
  const author = parseAuthor(setting('author') ?? 'sandkiln <sandkiln@localhost>');
  if (author === undefined) {
    problems.push(
      misfit(origin('author'), setting('author') ?? '', 'a name and an address: Name <name@example.org>'),
    );
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
    builders,
    keyFile,
    storeFolder,
    cacheFolder: cacheDomain === defaultCacheDomain ? cacheRoot : join(cacheRoot, 'domains', cacheDomain),
    cacheDomain,
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

/** The parser is loaded only where there is something to parse. */
async function readHostFile(file: string): Promise<Result<HostFile>> {
  const read = await readOwnFile(file);
  if (!read.ok) {
    return read;
  }
  if (read.value === undefined) {
    return success({ settings: new Map(), builders: new Map() });
  }
  const { parseHostFile } = await import('./host-file.ts');
  return parseHostFile(file, read.value, { settings: Object.keys(variables), taken: [builtInBuilder] });
}

function parseAuthor(text: string): HostConfiguration['author'] | undefined {
  const match = /^([^<>\n\0]{1,200}) <([^<>\s]{1,200})>$/.exec(text);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], email: match[2] };
}

/** Where a value comes from: a variable, or a place in the file. */
interface Origin {
  readonly text: string;
  readonly place?: Place | undefined;
}

function misfit({ text, place }: Origin, value: string, wanted: string): Diagnostic {
  return {
    code: 'SK9010',
    severity: 'error',
    message: `${text} is ${JSON.stringify(value)}`,
    hint: `it must be ${wanted}`,
    ...(place === undefined ? {} : { place }),
    failure: 'stalled',
  };
}
