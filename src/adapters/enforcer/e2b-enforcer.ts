import type { Match } from '../../model/allow-list.ts';
import { compareCodePoints } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { listShape, literalShape, mapShape, recordShape, textShape } from '../../model/shape.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from './enforcer.ts';
import { notInItsForm } from './export-problem.ts';
import { type PlainLanguage, plainDestinations, plainRules, type Service } from './plain-destinations.ts';
import { readDestination, readHost } from './read-destination.ts';
import { jsonFileBytes, readJsonFile } from './read-json-file.ts';

/** What E2B opens with a name: it looks at the Host header on port 80 and at the server name of TLS on port 443. */
const nameService: Service = {
  protocols: ['tcp'],
  ports: [
    { first: 80, last: 80 },
    { first: 443, last: 443 },
  ],
};

const language: PlainLanguage = {
  name: 'E2B',
  nameService,
  nameKinds: ['host', 'subdomains', 'apexAndSubdomains'],
  ipv6: false,
};

/** Denies what is not allowed; without it E2B refuses names and lets everything else pass. */
const everything = '0.0.0.0/0';

const shape = recordShape({
  metadata: mapShape(textShape(300), 10),
  network: recordShape({
    allowOut: listShape(textShape(300), 10_000_000),
    denyOut: listShape(literalShape(everything), 1),
  }),
});

/**
 * A list as options of a sandbox at E2B: `network` and, to tell what it is, `metadata`. E2B lets what is allowed beat
 * what is denied, so denials are taken out of the permissions beforehand. With any name it opens its resolver 8.8.8.8.
 */
export const e2bEnforcer: Enforcer = {
  name: 'e2b',
  abilities: {
    matches: ['host', 'subdomains', 'apexAndSubdomains', 'ip', 'cidr'],
    ipv6: false,
    ports: false,
    protocols: false,
    expiry: false,
    denials: false,
    maxRules: null,
    atomic: true,
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
  const content = {
    metadata: { allowList: input.list, revision: `${input.revision}`, set: input.set },
    network: {
      allowOut: [...new Set([...prefixes, ...names.flatMap(textsOf)])].sort(compareCodePoints),
      denyOut: [everything],
    },
  };
  return success({
    files: [{ name: `${input.list}.e2b.json`, bytes: jsonFileBytes(content) }],
    losses,
  });
}

function readBack(files: readonly ExportedFile[]) {
  const [file] = files;
  const content = file === undefined || files.length > 1 ? undefined : readJsonFile(file, shape);
  if (content === undefined || content.network.denyOut.length !== 1) {
    return failure(notInItsForm(file?.name ?? 'no file'));
  }
  const matches: Match[] = [];
  for (const text of content.network.allowOut) {
    const match = readText(text);
    if (match === undefined) {
      return failure(notInItsForm(text));
    }
    matches.push(match);
  }
  const names = matches.filter(({ kind }) => kind === 'host' || kind === 'subdomains');
  const prefixes = matches.filter(({ kind }) => kind === 'ip' || kind === 'cidr');
  return success(
    plainRules(
      names,
      nameService,
      prefixes.map(({ value }) => value),
    ),
  );
}

/** `*.` stands for all names below, at any depth, and not for the name itself. */
function textsOf({ kind, value }: Match): readonly string[] {
  switch (kind) {
    case 'host':
      return [value];
    case 'subdomains':
      return [`*.${value}`];
    case 'apexAndSubdomains':
      return [value, `*.${value}`];
    default:
      throw new TypeError(`E2B cannot say ${kind}`);
  }
}

function readText(text: string): Match | undefined {
  if (!text.startsWith('*.')) {
    const match = readDestination(text);
    return match?.value.includes(':') ? undefined : match;
  }
  const base = readHost(text.slice(2));
  return base === undefined ? undefined : { kind: 'subdomains', value: base.value };
}
