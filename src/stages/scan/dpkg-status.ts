import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { treeProblem } from '../../tree/tree-problem.ts';

/** A package as dpkg's database has it. Names and versions hold nothing but the characters that Debian allows. */
export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  /** Source package: the package's own name where the database names none. */
  readonly source: string;
  readonly sourceVersion: string;
  /** The `Source` field as purls carry it: `glibc`, `glibc@2.36-9`; absent where the database has none. */
  readonly upstream?: string;
  /** dpkg's own estimate; zero where it has none. */
  readonly installedSizeBytes: number;
  readonly section?: string;
  /** Names that it stands in for (`Provides`). */
  readonly provides: readonly string[];
  /** For each dependency the names that fulfil it, first choice first (`Pre-Depends`, `Depends`). */
  readonly depends: readonly (readonly string[])[];
}

const packageLimit = 100_000;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9+._-]{0,199}$/;
const versionPattern = /^[0-9A-Za-z.+~:-]{1,200}$/;
const architecturePattern = /^[a-z0-9][a-z0-9-]{0,63}$/;
const sourcePattern = /^([^ ]+)(?: +\(([^ ()]+)\))?$/;

/**
 * Reads a dpkg database (`var/lib/dpkg/status`, or a file of `status.d`; deb822(5)) and gives the packages whose
 * files are in the tree: all but `not-installed` and `config-files`. A paragraph without `Status`, as in `status.d`,
 * counts as installed. SK5550 for what dpkg could not have written.
 */
export function parseDpkgStatus(text: string, file: string): Result<readonly InstalledPackage[]> {
  const packages: InstalledPackage[] = [];
  for (const paragraph of paragraphs(text)) {
    const fields = fieldsOf(paragraph);
    if (fields === undefined) {
      return failure(malformed(file, 'a paragraph has a line that is no field', paragraph));
    }
    const state = (fields.get('status') ?? 'install ok installed').split(' ')[2];
    if (state === 'not-installed' || state === 'config-files') {
      continue;
    }
    if (packages.length >= packageLimit) {
      return failure(malformed(file, `it names more than ${packageLimit} packages`, ''));
    }
    const found = packageOf(fields);
    if (found === undefined) {
      return failure(
        malformed(file, 'a package has no proper name, version, architecture or source', paragraph),
      );
    }
    packages.push(found);
  }
  return success(packages);
}

function packageOf(fields: ReadonlyMap<string, string>): InstalledPackage | undefined {
  const name = fields.get('package') ?? '';
  const version = fields.get('version') ?? '';
  const architecture = fields.get('architecture') ?? '';
  const section = fields.get('section');
  const sourceField = fields.get('source');
  const [, source = '', sourceVersion] = sourcePattern.exec(sourceField ?? name) ?? [];
  const sizeKibibytes = fields.get('installed-size') ?? '0';
  const isProper =
    namePattern.test(name) &&
    versionPattern.test(version) &&
    architecturePattern.test(architecture) &&
    namePattern.test(source) &&
    versionPattern.test(sourceVersion ?? version) &&
    /^[0-9]{1,12}$/.test(sizeKibibytes);
  if (!isProper) {
    return undefined;
  }
  return {
    name,
    version,
    architecture,
    source,
    sourceVersion: sourceVersion ?? version,
    ...(sourceField === undefined
      ? {}
      : { upstream: sourceVersion === undefined ? source : `${source}@${sourceVersion}` }),
    installedSizeBytes: Number(sizeKibibytes) * 1024,
    ...(section === undefined ? {} : { section }),
    provides: relations(fields.get('provides')).flat(),
    depends: [...relations(fields.get('pre-depends')), ...relations(fields.get('depends'))],
  };
}

/** `a (>= 1) | b:any, c` → [[a, b], [c]]; versions need no check, since dpkg made them hold. */
function relations(value: string | undefined): readonly (readonly string[])[] {
  return (value ?? '')
    .split(',')
    .map((group) =>
      group
        .split('|')
        .map((choice) => /^\s*([A-Za-z0-9][A-Za-z0-9+._-]*)/.exec(choice)?.[1] ?? '')
        .filter((name) => name !== ''),
    )
    .filter((group) => group.length > 0);
}

function* paragraphs(text: string): Generator<string> {
  for (const paragraph of text.split(/\n(?:[ \t]*\n)+/)) {
    if (paragraph.trim() !== '') {
      yield paragraph;
    }
  }
}

/** Fields by lower-case name, the continuation lines joined by newlines; nothing where a line is neither. */
function fieldsOf(paragraph: string): ReadonlyMap<string, string> | undefined {
  const fields = new Map<string, string>();
  let last = '';
  for (const line of paragraph.split('\n')) {
    if (line === '') {
      continue;
    }
    if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last === '') {
        return undefined;
      }
      fields.set(last, `${fields.get(last)}\n${line}`);
      continue;
    }
    const colon = line.indexOf(':');
    if (colon < 1) {
      return undefined;
    }
    last = line.slice(0, colon).toLowerCase();
    if (fields.has(last)) {
      return undefined;
    }
    fields.set(last, line.slice(colon + 1).trim());
  }
  return fields;
}

function malformed(file: string, what: string, paragraph: string): Diagnostic {
  const shown = paragraph === '' ? '' : `: ${JSON.stringify(paragraph.slice(0, 80))}`;
  return treeProblem(
    'SK5550',
    `the package database /${file} of the image is damaged: ${what}${shown}`,
    'build the image again from its parent; look for a file of the spec that writes there',
  );
}
