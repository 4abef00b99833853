import type { Match } from '../../model/allow-list.ts';
import { compareCodePoints } from '../../model/json.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { listShape, recordShape, textShape } from '../../model/shape.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from './enforcer.ts';
import { notInItsForm, notSayable } from './export-problem.ts';
import {
  type PlainLanguage,
  plainDestinations,
  plainRules,
  type Service,
  withLength,
} from './plain-destinations.ts';
import { readHost, readPrefix } from './read-destination.ts';
import { jsonFileBytes, readJsonFile } from './read-json-file.ts';

/** Most names that Modal takes. */
const nameLimit = 100;

/** What Modal opens with a name: TLS, by its server name. */
const nameService: Service = { protocols: ['tcp'], ports: [{ first: 443, last: 443 }] };

/**
 * Modal does not tell whether `*.` holds the name itself, so names below are only said together with the name: that
 * allows nothing more either way.
 */
const language: PlainLanguage = {
  name: 'Modal',
  nameService,
  nameKinds: ['host', 'apexAndSubdomains'],
  ipv6: false,
};

const shape = recordShape({
  outbound_cidr_allowlist: listShape(textShape(300), 10_000_000),
  outbound_domain_allowlist: listShape(textShape(300), nameLimit),
});

/**
 * A list as parameters of a sandbox at Modal. Both lists are always there: an absent one would mean that everything is
 * allowed. Parameters have no room to name the list, so its file does.
 */
export const modalEnforcer: Enforcer = {
  name: 'modal',
  abilities: {
    matches: ['host', 'apexAndSubdomains', 'ip', 'cidr'],
    ipv6: false,
    ports: false,
    protocols: false,
    expiry: false,
    denials: false,
    maxRules: nameLimit,
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
  const domains = new Set(
    names.flatMap(({ kind, value }) => (kind === 'host' ? [value] : [value, `*.${value}`])),
  );
  if (domains.size > nameLimit) {
    return failure(
      notSayable(
        `the allow-list ${input.list} comes to ${domains.size} names; Modal takes at most ${nameLimit}`,
        'say several names by one above them, or export a part of it with a scope',
      ),
    );
  }
  const content = {
    outbound_cidr_allowlist: prefixes.map(withLength),
    outbound_domain_allowlist: [...domains].sort(compareCodePoints),
  };
  return success({
    files: [{ name: `${input.list}.modal.json`, bytes: jsonFileBytes(content) }],
    losses,
  });
}

function readBack(files: readonly ExportedFile[]) {
  const [file] = files;
  const content = file === undefined || files.length > 1 ? undefined : readJsonFile(file, shape);
  if (content === undefined) {
    return failure(notInItsForm(file?.name ?? 'no file'));
  }
  const names: Match[] = [];
  for (const text of content.outbound_domain_allowlist) {
    const host = readHost(text.startsWith('*.') ? text.slice(2) : text);
    if (host === undefined) {
      return failure(notInItsForm(text));
    }
    // The wider of the two readings of `*.`.
    names.push(text.startsWith('*.') ? { kind: 'apexAndSubdomains', value: host.value } : host);
  }
  const prefixes: string[] = [];
  for (const text of content.outbound_cidr_allowlist) {
    const match = readPrefix(text);
    if (match === undefined || match.value.includes(':')) {
      return failure(notInItsForm(text));
    }
    prefixes.push(match.value);
  }
  return success(plainRules(names, nameService, prefixes));
}
