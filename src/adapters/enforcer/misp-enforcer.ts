import type { Match } from '../../model/allow-list.ts';
import { compareCodePoints } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { guardShape, listShape, recordShape, textShape, unionShape } from '../../model/shape.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from './enforcer.ts';
import { notInItsForm } from './export-problem.ts';
import {
  everyService,
  type PlainLanguage,
  plainDestinations,
  plainRules,
  withLength,
} from './plain-destinations.ts';
import { readHost, readPrefix } from './read-destination.ts';
import { jsonFileBytes, readJsonFile } from './read-json-file.ts';

const language: PlainLanguage = {
  name: 'MISP',
  nameService: everyService,
  nameKinds: ['host', 'apexAndSubdomains'],
  ipv6: true,
};

/** What MISP matches: `string` the name alone, `hostname` it and all names below, `cidr` addresses. */
type WarninglistType = 'string' | 'hostname' | 'cidr';

/** By what a file is called; sorted. */
const warninglists = {
  domains: { type: 'hostname', attributes: ['domain', 'domain|ip', 'hostname', 'url'] },
  hosts: { type: 'string', attributes: ['domain', 'domain|ip', 'hostname'] },
  networks: { type: 'cidr', attributes: ['domain|ip', 'ip-dst'] },
} as const satisfies Record<
  string,
  { readonly type: WarninglistType; readonly attributes: readonly string[] }
>;

const shape = recordShape({
  name: textShape(1000),
  description: textShape(1000),
  version: guardShape((value): value is number => Number.isSafeInteger(value), 'an integer'),
  type: unionShape<WarninglistType>({ string: true, hostname: true, cidr: true }),
  matching_attributes: listShape(textShape(100), 10),
  list: listShape(textShape(300), 10_000_000),
});

/**
 * A list as three MISP warninglists, so that analysts see which indicators are allowed destinations: it enforces
 * nothing. All three are always written; a list without entries empties one that was imported earlier.
 */
export const mispEnforcer: Enforcer = {
  name: 'misp',
  abilities: {
    matches: ['host', 'apexAndSubdomains', 'ip', 'cidr'],
    ipv6: true,
    ports: false,
    protocols: false,
    expiry: false,
    denials: false,
    maxRules: null,
    atomic: false,
  },
  compile,
  readBack,
};

function compile(input: EnforcerInput): Result<CompiledList> {
  const said = plainDestinations(input, language);
  if (!said.ok) {
    return said;
  }
  const { names, prefixes, losses } = said.value;
  const valuesOf = (wanted: Match['kind']) =>
    names.filter(({ kind }) => kind === wanted).map(({ value }) => value);
  return success({
    files: [
      warninglist(input, 'domains', valuesOf('apexAndSubdomains')),
      warninglist(input, 'hosts', valuesOf('host')),
      warninglist(input, 'networks', prefixes.map(withLength)),
    ],
    losses,
  });
}

function warninglist(
  { list, revision, set }: EnforcerInput,
  called: keyof typeof warninglists,
  values: readonly string[],
): ExportedFile {
  const { type, attributes } = warninglists[called];
  const content = {
    name: `Allowed egress ${list}: ${called}`,
    description: `Destinations that sandboxes may reach by the allow-list ${list}, revision ${revision}, set ${set}`,
    version: revision,
    type,
    matching_attributes: attributes,
    list: [...values].sort(compareCodePoints),
  };
  return { name: `${list}-${called}.misp.json`, bytes: jsonFileBytes(content) };
}

function readBack(files: readonly ExportedFile[]) {
  const names: Match[] = [];
  const prefixes: string[] = [];
  for (const file of files) {
    const content = readJsonFile(file, shape);
    if (content === undefined) {
      return failure(notInItsForm(file.name));
    }
    for (const text of content.list) {
      const match = content.type === 'cidr' ? readPrefix(text) : readHost(text);
      if (match === undefined) {
        return failure(notInItsForm(text));
      }
      if (content.type === 'cidr') {
        prefixes.push(match.value);
      } else {
        names.push(content.type === 'string' ? match : { kind: 'apexAndSubdomains', value: match.value });
      }
    }
  }
  return files.length === 3
    ? success(plainRules(names, everyService, prefixes))
    : failure(notInItsForm(`${files.length} files`));
}
