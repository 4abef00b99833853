import type { Match, MatchKind } from '../model/allow-list.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { pointerStep } from '../model/json-pointer.ts';
import { suggest } from '../model/suggest.ts';
import { normaliseAddress, normaliseNetwork } from './address-match.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { normaliseHostName } from './host-name.ts';
import { isPublicSuffix } from './public-suffix.ts';
import { shownText } from './shown-text.ts';

/** How an entry can match, in the order of the documentation. */
export const matchKinds = [
  'host',
  'subdomains',
  'apexAndSubdomains',
  'oneLabel',
  'ip',
  'cidr',
] as const satisfies readonly MatchKind[];

/**
 * The `match` of an entry in canonical text. What is wrong goes to `problems`, with pointers from the entry: SK1401 for
 * anything but one of the six kinds, SK1402 to SK1408 for its value, SK1409 for all names below a public suffix; those
 * one label below one are a warning, SK1410.
 */
export function normaliseMatch(raw: JsonValue | undefined, problems: EntryProblem[]): Match | undefined {
  if (raw === undefined || !isJsonObject(raw)) {
    problems.push(notAMatch(raw));
    return undefined;
  }
  let only: MatchKind | undefined;
  for (const key in raw) {
    const kind = matchKinds.find((candidate) => candidate === key);
    if (kind === undefined) {
      problems.push(unknownKind(key));
      return undefined;
    }
    if (only !== undefined) {
      problems.push(notOne(raw));
      return undefined;
    }
    only = kind;
  }
  const value = only === undefined ? undefined : raw[only];
  if (only === undefined || value === undefined) {
    problems.push(notOne(raw));
    return undefined;
  }
  const pointer = `/match/${only}`;
  if (typeof value !== 'string') {
    problems.push(notText(only, pointer));
    return undefined;
  }
  return only === 'ip' || only === 'cidr'
    ? addressMatch(only, value, pointer, problems)
    : nameMatch(only, value, pointer, problems);
}

function addressMatch(
  kind: 'ip' | 'cidr',
  written: string,
  pointer: string,
  problems: EntryProblem[],
): Match | undefined {
  const address = kind === 'ip' ? normaliseAddress(written) : normaliseNetwork(written);
  if (!address.ok) {
    problems.push(entryError(pointer, address.problem));
    return undefined;
  }
  return address.match;
}

function nameMatch(
  kind: Exclude<MatchKind, 'ip' | 'cidr'>,
  written: string,
  pointer: string,
  problems: EntryProblem[],
): Match | undefined {
  const host = normaliseHostName(written);
  if (!host.ok) {
    problems.push(entryError(pointer, host.problem));
    return undefined;
  }
  const match = { kind, value: host.name };
  if (kind === 'host' || !isPublicSuffix(host.name)) {
    return match;
  }
  problems.push(
    kind === 'oneLabel' ? oneBelowSuffix(host.name, pointer) : allBelowSuffix(host.name, pointer),
  );
  return kind === 'oneLabel' ? match : undefined;
}

function notAMatch(raw: JsonValue | undefined): EntryProblem {
  return entryError(raw === undefined ? '' : '/match', {
    code: 'SK1401',
    message: raw === undefined ? 'the entry has no match' : 'match is not a map',
    hint: 'say what it matches: match: {host: deb.debian.org}',
  });
}

function notOne(raw: JsonObject): EntryProblem {
  const kinds = Object.keys(raw);
  return entryError('/match', {
    code: 'SK1401',
    message: kinds.length === 0 ? 'match is empty' : `match has both ${kinds.slice(0, 6).join(' and ')}`,
    hint: `write one of ${matchKinds.join(', ')}${kinds.length === 0 ? '' : ', and an entry for each'}`,
  });
}

function unknownKind(key: string): EntryProblem {
  const meant = suggest(key, matchKinds);
  return {
    ...entryError(`/match${pointerStep(key)}`, {
      code: 'SK1401',
      message: `match knows no ${shownText(key)}`,
      hint: meant === undefined ? `write one of ${matchKinds.join(', ')}` : `did you mean ${meant}?`,
    }),
    part: 'key',
  };
}

function notText(kind: MatchKind, pointer: string): EntryProblem {
  return entryError(pointer, {
    code: 'SK1401',
    message: `match.${kind} is not text`,
    hint: 'write the name or the address, in quotes if it looks like a number',
  });
}

function allBelowSuffix(name: string, pointer: string): EntryProblem {
  return entryError(pointer, {
    code: 'SK1409',
    message: `${name} is a public suffix: anybody can have a name below it`,
    hint: `name what is meant below it, for example apexAndSubdomains: example.${name}`,
  });
}

function oneBelowSuffix(name: string, pointer: string): EntryProblem {
  return {
    code: 'SK1410',
    severity: 'warning',
    pointer,
    message: `${name} is a public suffix: anybody can have a name one label below it`,
    hint: 'name the hosts that are meant, unless strangers are',
  };
}
