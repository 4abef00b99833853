import { nameAndAbove } from '../../../allow-list/names.ts';
import { sharedPorts } from '../../../allow-list/port-set.ts';
import type { DestinationRule, Match } from '../../../model/allow-list.ts';
import { compareCodePoints } from '../../../model/json.ts';
import { queryMark } from '../nftables/base-chains.ts';
import type { NftTable } from '../nftables/nft-table.ts';
import { patternLines, settingLines } from './conf-text.ts';
import { serviceOfSet } from './learned-sets.ts';
import {
  isResolved,
  type NameLine,
  type NamePlan,
  type NameService,
  noService,
  without,
} from './name-plan.ts';
import type { ResolverSettings } from './resolver-settings.ts';

/** The names of a configuration that `confText` wrote, with the services that a table gives their addresses. */
export function readConf(
  text: string,
  table: NftTable,
  settings: ResolverSettings,
): Pick<NamePlan, 'lines' | 'reach'> | { readonly unread: string } {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const reach = lines.includes(`connmark-allowlist-enable=${queryMark}`) ? 'one label' : 'any depth';
  const fixed = settingLines(settings, reach);
  const different = fixed.findIndex((line, index) => lines[index] !== line);
  if (different !== -1) {
    return { unread: lines[different] ?? fixed[different] ?? '' };
  }
  const said = new Map<string, SaidOfName>();
  const patterns = lines.filter((line) => line.startsWith('connmark-allowlist='));
  for (const line of lines.slice(fixed.length, lines.length - patterns.length)) {
    const read = readLine(line);
    if (read === undefined) {
      return { unread: line };
    }
    const of = said.get(read.name) ?? {
      servers: [],
      below: [],
      local: new Set(),
      sets: [],
    };
    said.set(read.name, of);
    read.say(of);
  }
  const upstreams = settings.upstreams.map(({ address, port }) => `${address}#${port}`).join();
  const made: NameLine[] = [];
  for (const [name, of] of said) {
    const line = lineOf(name, of, upstreams, table);
    if (line === undefined) {
      return { unread: `the lines of ${name}` };
    }
    made.push(line);
  }
  const expected = reach === 'one label' ? patternLines(made) : [];
  const stray = patterns.findIndex((line, index) => line !== expected[index]);
  return stray === -1 && patterns.length === expected.length
    ? { lines: made, reach }
    : { unread: patterns[stray] ?? 'questions without a pattern' };
}

/** What the lines allow as rules of an allow-list; the line that contradicts them where no such rules exist. */
export function rulesOfLines({
  lines,
  reach,
}: Pick<NamePlan, 'lines' | 'reach'>): readonly DestinationRule[] | { readonly unread: string } {
  const byName = new Map(lines.map((line) => [line.name, line]));
  const rules: DestinationRule[] = [];
  const deniedBelow = new Map<string, NameService>();
  for (const { name, at, below } of [...lines].sort((left, right) =>
    compareCodePoints(left.name, right.name),
  )) {
    const above = nameAndAbove(name).slice(1);
    const holder = (reach === 'one label' ? above.slice(0, 1) : above).find((upper) => byName.has(upper));
    const inherited = byName.get(holder ?? '')?.below ?? noService;
    const deep = {
      kind: reach === 'one label' ? ('oneLabel' as const) : ('subdomains' as const),
      value: name,
    };
    const host = { kind: 'host' as const, value: name };
    const denied = reach === 'one label' ? noService : without(inherited, below);
    deniedBelow.set(name, denied);
    rules.push(
      ...rulesFor('allow', host, at),
      ...rulesFor('allow', deep, below),
      ...rulesFor('deny', host, without(inherited, at)),
      ...rulesFor('deny', deep, denied),
    );
  }
  // A name that is allowed again inside of what is denied has no rules that say so: denials beat permissions.
  const again = lines.find(({ name, at, below }) =>
    nameAndAbove(name)
      .slice(1)
      .some((upper) => {
        const denied = deniedBelow.get(upper) ?? noService;
        return [at, below].some(
          ({ tcp, udp }) =>
            sharedPorts(tcp, denied.tcp).length > 0 || sharedPorts(udp, denied.udp).length > 0,
        );
      }),
  );
  return again === undefined ? rules : { unread: `the lines of ${again.name}` };
}

interface SaidOfName {
  readonly servers: string[];
  readonly below: string[];
  readonly local: Set<'at' | 'below'>;
  readonly sets: string[];
}

function readLine(
  line: string,
): { readonly name: string; readonly say: (of: SaidOfName) => void } | undefined {
  const [, option, wild, name, rest = ''] =
    /^(server|local|nftset)=\/(\*\.)?([a-z0-9._-]+)\/(.*)$/.exec(line) ?? [];
  const place = wild === undefined ? 'at' : 'below';
  if (name !== undefined) {
    switch (option) {
      case 'server':
        return { name, say: (of) => void (place === 'at' ? of.servers : of.below).push(rest) };
      case 'local':
        return rest === '' ? { name, say: (of) => void of.local.add(place) } : undefined;
      default:
        return place === 'at' ? { name, say: (of) => void of.sets.push(rest) } : undefined;
    }
  }
  return undefined;
}

function lineOf(
  name: string,
  { servers, below, local, sets }: SaidOfName,
  upstreams: string,
  table: NftTable,
): NameLine | undefined {
  const isAt = servers.length > 0;
  const isBelow = isAt ? !local.has('below') : below.length > 0;
  const consistent =
    local.has('at') !== isAt &&
    (!isAt || (servers.join() === upstreams && below.length === 0)) &&
    (below.length === 0 || below.join() === upstreams);
  if (!consistent) {
    return undefined;
  }
  if (!isAt && !isBelow) {
    return sets.length === 0 ? { name, at: noService, below: noService } : undefined;
  }
  const service = serviceOfSets(sets, table);
  return service === undefined || !isResolved(service)
    ? undefined
    : { name, at: isAt ? service : noService, below: isBelow ? service : noService };
}

function serviceOfSets([text, ...more]: readonly string[], table: NftTable): NameService | undefined {
  const [four, six, ...others] = (text ?? '').split(',');
  const name = (part: string | undefined, family: 4 | 6) => {
    const start = `${family}#inet#${table.name}#`;
    return part?.startsWith(start) ? serviceOfSet(table, part.slice(start.length)) : undefined;
  };
  const [left, right] = [name(four, 4), name(six, 6)];
  return more.length === 0 && others.length === 0 && JSON.stringify(left) === JSON.stringify(right)
    ? left
    : undefined;
}

function rulesFor(
  effect: DestinationRule['effect'],
  match: Match,
  { tcp, udp }: NameService,
): readonly DestinationRule[] {
  return [
    ...(tcp.length === 0 ? [] : [{ effect, match, protocols: ['tcp'] as const, ports: tcp }]),
    ...(udp.length === 0 ? [] : [{ effect, match, protocols: ['udp'] as const, ports: udp }]),
  ];
}
