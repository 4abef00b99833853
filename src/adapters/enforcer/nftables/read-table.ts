import { parseAddress } from '../../../allow-list/address.ts';
import { everyPort, unionOfPorts } from '../../../allow-list/port-set.ts';
import type { PortRange, Protocol } from '../../../model/allow-list.ts';
import { isDigest } from '../../../model/digest.ts';
import type { AppliedMark, NftChain, NftRule, NftSet, NftTable } from './nft-table.ts';
import { readElements } from './read-elements.ts';

/**
 * Reads a table that `tableText` wrote, or that nft lists after having been given it. Anything else gives the line that
 * was not understood: rules of others are never guessed at.
 */
export function readTable(text: string): NftTable | { readonly unread: string } {
  const lines = withoutHeader(text.split('\n'));
  const [head = ''] = lines;
  const name = /^table inet ([a-zA-Z][\w./-]*) \{$/.exec(head)?.[1];
  if (name === undefined) {
    return { unread: head };
  }
  const sets: NftSet[] = [];
  const rules: NftRule[] = [];
  const mirrored: NftRule[] = [];
  const baseChains: NftChain[] = [];
  let mark: AppliedMark | undefined;
  for (const block of blocksOf(lines)) {
    if ('unread' in block) {
      return block;
    }
    const { kind, name: of, body } = block;
    if (kind === 'set' && of === 'applied') {
      mark = readMark(body);
      if (mark === undefined) {
        return { unread: `set applied { ${body.join('; ')} }` };
      }
    } else if (kind === 'set') {
      const set = readSet(of, body);
      if ('unread' in set) {
        return set;
      }
      sets.push(set);
    } else if (of === 'to' || of === 'from') {
      for (const line of body) {
        const rule = readRule(line, of);
        if (rule === undefined) {
          return { unread: line };
        }
        (of === 'to' ? rules : mirrored).push(rule);
      }
    } else {
      baseChains.push({ name: of, lines: body });
    }
  }
  if (mark === undefined) {
    return { unread: `table inet ${name} without the set applied` };
  }
  const known = new Map(sets.map((set) => [set.name, set.family]));
  const stray = rules.find(({ set, family }) => known.get(set) !== family);
  if (stray !== undefined || JSON.stringify(rules) !== JSON.stringify(mirrored)) {
    return { unread: stray === undefined ? 'chain from, which does not mirror chain to' : `@${stray.set}` };
  }
  return { name, mark, sets, rules, baseChains };
}

/** Without comments and the two lines that make room for the table. */
function withoutHeader(lines: readonly string[]): readonly string[] {
  return lines.filter(
    (line) => line !== '' && !line.startsWith('#') && !/^(delete )?table inet [\w./-]+$/.test(line),
  );
}

type Block =
  | { readonly kind: 'set' | 'chain'; readonly name: string; readonly body: readonly string[] }
  | { readonly unread: string };

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: Block[] = [];
  let open: { readonly kind: 'set' | 'chain'; readonly name: string; readonly body: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    if (index === 0) {
      continue;
    }
    if (open === undefined) {
      const [, kind, name] = /^\t(set|chain) ([a-zA-Z][\w./-]*) \{$/.exec(line) ?? [];
      if (name !== undefined && (kind === 'set' || kind === 'chain')) {
        open = { kind, name, body: [] };
      } else if (line !== '}' || index !== lines.length - 1) {
        return [{ unread: line }];
      }
    } else if (line === '\t}') {
      blocks.push(open);
      open = undefined;
    } else {
      open.body.push(line.trim());
    }
  }
  return open === undefined ? blocks : [{ unread: `${open.kind} ${open.name}` }];
}

function readMark([type, comment]: readonly string[]): AppliedMark | undefined {
  const [, revision, counter, set] =
    /^comment "r(\d{1,15}) (?:n(\d{1,15}) )?(sha256:[0-9a-f]{64})"$/.exec(comment ?? '') ?? [];
  return type === 'type mark' && isDigest(set)
    ? { revision: Number(revision), headCounter: counter === undefined ? null : Number(counter), set }
    : undefined;
}

function readSet(name: string, body: readonly string[]): NftSet | { readonly unread: string } {
  const start = body.findIndex((line) => line.startsWith('elements = {'));
  const declaration = (start === -1 ? body : body.slice(0, start)).join('; ');
  const family = declaration.startsWith('type ipv4_addr') ? 4 : 6;
  const holds = kinds.get(declaration.slice('type ipv4_addr'.length));
  if (!/^type ipv[46]_addr/.test(declaration) || holds === undefined) {
    return { unread: `set ${name} { ${declaration} }` };
  }
  const elements = start === -1 ? [] : readElements(body.slice(start).join(' '));
  const wrong = Array.isArray(elements) ? elements.find((element) => !isOf(element.value, family)) : elements;
  if (!Array.isArray(elements) || wrong !== undefined) {
    return { unread: `set ${name}: ${JSON.stringify(wrong)}` };
  }
  return { name, family, holds, elements };
}

const kinds: ReadonlyMap<string, NftSet['holds']> = new Map([
  ['', 'hosts'],
  ['; flags interval', 'ranges'],
  ['; flags timeout', 'timed hosts'],
  ['; flags interval,timeout', 'timed ranges'],
  ['; timeout 1h', 'learned'],
]);

function isOf(value: string, family: 4 | 6): boolean {
  const [address = '', prefix, ...more] = value.split('/');
  return (
    more.length === 0 &&
    parseAddress(address)?.family === family &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)))
  );
}

const rulePatterns = {
  to: ruleOf('daddr', 'dport'),
  from: ruleOf('saddr', 'sport'),
};

function ruleOf(address: string, port: string): RegExp {
  const ports = '(\\d+(?:-\\d+)?|\\{ \\d+(?:-\\d+)?(?:, \\d+(?:-\\d+)?)+ \\})';
  return new RegExp(
    `^(ip|ip6) ${address} @(\\S+) (?:meta l4proto (tcp|udp|\\{ tcp, udp \\})(?: th ${port} ${ports})?|(tcp|udp) ${port} ${ports}) (accept|goto refused)$`,
  );
}

function readRule(line: string, direction: 'to' | 'from'): NftRule | undefined {
  const match = rulePatterns[direction].exec(line);
  if (match === null) {
    return undefined;
  }
  const [, family, set = '', alone, portsOfBoth, one, portsOfOne, verdict] = match;
  const protocols: readonly Protocol[] =
    (alone ?? one) === 'tcp' ? ['tcp'] : (alone ?? one) === 'udp' ? ['udp'] : ['tcp', 'udp'];
  return {
    set,
    family: family === 'ip' ? 4 : 6,
    protocols,
    ports: readPorts(portsOfBoth ?? portsOfOne),
    verdict: verdict === 'accept' ? 'accept' : 'refuse',
  };
}

function readPorts(text: string | undefined): readonly PortRange[] {
  return text === undefined
    ? everyPort
    : unionOfPorts(
        [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, first, last]) => ({
          first: Number(first),
          last: Number(last ?? first),
        })),
      );
}
