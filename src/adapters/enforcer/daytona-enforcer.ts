import { failure, type Result, success } from '../../model/result.ts';
import { literalShape, mapShape, optional, recordShape, textShape } from '../../model/shape.ts';
import type { CompiledList, Enforcer, EnforcerInput, ExportedFile } from './enforcer.ts';
import { notInItsForm, notSayable } from './export-problem.ts';
import {
  everyService,
  type PlainLanguage,
  plainDestinations,
  plainRules,
  withLength,
} from './plain-destinations.ts';
import { readPrefix } from './read-destination.ts';
import { jsonFileBytes, readJsonFile } from './read-json-file.ts';

/** Most networks that Daytona takes in `networkAllowList`. */
const prefixLimit = 5;

const language: PlainLanguage = { name: 'Daytona', nameService: null, nameKinds: [], ipv6: false };

const shape = recordShape<{
  labels: Readonly<Record<string, string>>;
  networkAllowList?: string | undefined;
  networkBlockAll?: true | undefined;
}>({
  labels: mapShape(textShape(300), 10),
  networkAllowList: optional(textShape(1000)),
  networkBlockAll: optional(literalShape(true)),
});

/**
 * A list as options of a sandbox at Daytona: up to five IPv4 networks, joined where they touch. A list that allows none
 * blocks the network: an empty `networkAllowList` would mean that everything is allowed.
 */
export const daytonaEnforcer: Enforcer = {
  name: 'daytona',
  abilities: {
    matches: ['ip', 'cidr'],
    ipv6: false,
    ports: false,
    protocols: false,
    expiry: false,
    denials: false,
    maxRules: prefixLimit,
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
  const { prefixes, losses } = said.value;
  if (prefixes.length > prefixLimit) {
    return failure(
      notSayable(
        `the allow-list ${input.list} comes to ${prefixes.length} networks; Daytona takes at most ${prefixLimit}`,
        'join networks, or export a part of it with a scope',
      ),
    );
  }
  const content = {
    labels: { allowList: input.list, revision: `${input.revision}`, set: input.set },
    ...(prefixes.length === 0
      ? { networkBlockAll: true }
      : { networkAllowList: prefixes.map(withLength).join(',') }),
  };
  return success({
    files: [{ name: `${input.list}.daytona.json`, bytes: jsonFileBytes(content) }],
    losses,
  });
}

function readBack(files: readonly ExportedFile[]) {
  const [file] = files;
  const content = file === undefined || files.length > 1 ? undefined : readJsonFile(file, shape);
  const texts = content?.networkAllowList?.split(',') ?? [];
  if (content === undefined || (content.networkBlockAll === true) !== (texts.length === 0)) {
    return failure(notInItsForm(file?.name ?? 'no file'));
  }
  const prefixes: string[] = [];
  for (const text of texts) {
    const match = readPrefix(text);
    if (match === undefined || match.value.includes(':')) {
      return failure(notInItsForm(text));
    }
    prefixes.push(match.value);
  }
  return success(plainRules([], everyService, prefixes));
}
