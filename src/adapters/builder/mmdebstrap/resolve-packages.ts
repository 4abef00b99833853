import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { PackageRequest } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { processFailure, processSucceeded } from '../../process/process-diagnostic.ts';
import { errorLines } from './apt-failure.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import type { PrivateApt } from './private-apt.ts';

/** A version of a package that has to be installed. */
export interface ResolvedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

const explanationLimit = 4000;

const variantWords = {
  essential: ['?essential'],
  apt: ['?essential', 'apt'],
  minbase: ['?essential', 'apt', '?priority(required)'],
  none: [],
} as const satisfies Record<PackageRequest['variant'], readonly string[]>;

export interface KnownPackages {
  /** Names of the parent's packages. */
  readonly installed: ReadonlySet<string>;
  /** All names of the indexes; asked for only when a name is unknown. */
  readonly knownNames: () => Promise<readonly string[]>;
}

/**
 * What apt would install for a request, without recommendations and without removing anything.
 * Names have the form of package names. SK4002 to SK4004.
 */
export async function resolvePackages(
  apt: PrivateApt,
  request: PackageRequest,
  { installed, knownNames }: KnownPackages,
): Promise<Result<readonly ResolvedPackage[]>> {
  // With such an ending apt would read an unknown name as one to remove or install.
  const doubtful = request.packages.filter((name) => /[+-]$/.test(name));
  const known = new Set(doubtful.length === 0 ? [] : await knownNames());
  const absent = doubtful.filter((name) => !known.has(name));
  if (absent.length > 0) {
    return failure(...absent.map((name) => builderDiagnostic.unknownPackage(name, [...known])));
  }
  const words = [...variantWords[request.variant], ...request.packages];
  if (words.length === 0) {
    return success([]);
  }
  const result = await apt.run('apt-get', [
    '--simulate',
    '-q',
    '--yes',
    '--no-remove',
    '--no-install-recommends',
    'install',
    ...words,
  ]);
  const stdout = result.stdout.toString('utf8');
  if (processSucceeded(result)) {
    const resolved = parseSimulation(stdout);
    const there = new Set([...installed, ...resolved.map(({ name }) => name)]);
    const misread = request.packages.filter((name) => !there.has(name));
    return misread.length === 0
      ? success(resolved)
      : failure(...(await misreadNames(misread, stdout, knownNames)));
  }
  if (result.ended !== 'exited') {
    return failure(
      processFailure({ file: 'apt-get', arguments: [] }, result, {
        code: 'SK4004',
        what: 'resolving the packages',
        hint: 'run again',
      }),
    );
  }
  const unknown = await unknownNames(result.stderr, stdout, knownNames);
  return failure(
    ...(unknown.length > 0 ? unknown : [builderDiagnostic.unsatisfiable(explanation(stdout, result.stderr))]),
  );
}

/** The `Inst` lines of `apt-get --simulate`: `Inst bash [5.2-1] (5.2-2 Debian:12/stable [amd64]) []`. */
export function parseSimulation(stdout: string): readonly ResolvedPackage[] {
  const packages: ResolvedPackage[] = [];
  for (const line of stdout.split('\n')) {
    const match = /^Inst ([^\s:]+)(?::[a-z0-9-]+)? (?:\[[^\]]*\] )?\((\S+) [^[]*\[([a-z0-9-]+)\]\)/.exec(
      line,
    );
    if (match?.[1] !== undefined && match[2] !== undefined && match[3] !== undefined) {
      packages.push({ name: match[1], version: match[2], architecture: match[3] });
    }
  }
  return packages;
}

/** Apt reads a name that it does not know as a regular expression, or as something that packages provide. */
async function misreadNames(
  names: readonly string[],
  stdout: string,
  knownNames: KnownPackages['knownNames'],
): Promise<readonly Diagnostic[]> {
  const known = await knownNames();
  const selected = new Map(
    [...stdout.matchAll(/^Note, selecting '([^']+)' instead of '([^']+)'$/gm)].map((match) => [
      match[2],
      match[1],
    ]),
  );
  return names.map((name) => {
    const provider = selected.get(name);
    return provider === undefined
      ? builderDiagnostic.unknownPackage(name, known)
      : builderDiagnostic.virtualPackage(name, [provider]);
  });
}

async function unknownNames(
  stderr: string,
  stdout: string,
  knownNames: KnownPackages['knownNames'],
): Promise<readonly Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  const unknown = new Set(
    [...stderr.matchAll(/Unable to locate package (\S+)|any package by (?:glob|regex) '([^']+)'/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    ),
  );
  const names = unknown.size === 0 ? [] : await knownNames();
  for (const name of unknown) {
    diagnostics.push(builderDiagnostic.unknownPackage(name, names));
  }
  for (const [, name] of stderr.matchAll(/Package '([^']+)' has no installation candidate/g)) {
    const providers = providersOf(name ?? '', stdout);
    diagnostics.push(
      providers.length > 0
        ? builderDiagnostic.virtualPackage(name ?? '', providers)
        : builderDiagnostic.unknownPackage(name ?? '', await knownNames()),
    );
  }
  return diagnostics;
}

/** Apt prints `Package awk is a virtual package provided by:` and a line a provider: `  mawk 1.3.4…`. */
function providersOf(name: string, stdout: string): readonly string[] {
  const lines = stdout.split('\n');
  const start = lines.findIndex((line) =>
    line.startsWith(`Package ${name} is a virtual package provided by:`),
  );
  if (start === -1) {
    return [];
  }
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => !line.startsWith('  '));
  return rest.slice(0, end === -1 ? rest.length : end).flatMap((line) => line.trim().split(' ')[0] ?? []);
}

function explanation(stdout: string, stderr: string): string {
  const start = stdout.indexOf('The following packages have unmet dependencies:');
  return `${start === -1 ? '' : stdout.slice(start).trimEnd()}\n${errorLines(stderr)}`
    .trim()
    .slice(0, explanationLimit);
}
