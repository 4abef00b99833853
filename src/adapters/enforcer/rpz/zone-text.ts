import { nameAndAbove } from '../../../allow-list/names.ts';
import { type ExportHeader, headerLines, readHeader } from '../export-header.ts';
import type { NameDecision } from '../name-decisions.ts';

/**
 * A response policy zone (draft-vixie-dnsop-dns-rpz) that answers nothing but what the decisions let pass. A wildcard of
 * DNS ends at the closest name that exists (RFC 4592, section 3.3.1), and every record makes all names above it exist:
 * so each of them has a record and a wildcard of its own, or what is below them would match nothing and pass.
 */
export function zoneText(header: ExportHeader, decisions: readonly NameDecision[]): string {
  const byName = new Map(decisions.map((decision) => [decision.name, decision]));
  const nodes = new Set(decisions.flatMap(({ name }) => nameAndAbove(name)));
  // Names are ASCII, and there UTF-16 units sort as code points do.
  const records = [...nodes].sort().flatMap((name) => {
    const inherited = decisionAbove(byName, name);
    const { at, below } = byName.get(name) ?? { at: inherited, below: inherited };
    return [`${name} CNAME ${actionOf(at)}`, `*.${name} CNAME ${actionOf(below)}`];
  });
  return [...headLines(header), ...records, `* CNAME ${deny}`, ''].join('\n');
}

/** Reads what {@link zoneText} wrote; else gives a line that it would not have written. */
export function readZone(text: string): readonly NameDecision[] | { readonly unread: string } {
  const lines = text.split('\n');
  const header = readHeader(';', lines);
  if (header === undefined) {
    return { unread: lines.slice(0, 2).join(' / ') };
  }
  const said = new Map<string, { at: boolean | undefined; below: boolean | undefined }>();
  for (const line of lines.slice(headLines(header).length, -2)) {
    const [, wild, name, action] = /^(\*\.)?([a-z0-9_.-]+) CNAME (\.|rpz-passthru\.)$/.exec(line) ?? [];
    if (name === undefined) {
      return { unread: line };
    }
    const of = said.get(name) ?? { at: undefined, below: undefined };
    of[wild === undefined ? 'at' : 'below'] = action === passThrough;
    said.set(name, of);
  }
  const every = [...said].map(([name, { at = false, below = false }]) => ({ name, at, below }));
  const byName = new Map(every.map((decision) => [decision.name, decision]));
  const decisions = every.filter(({ name, at, below }) => {
    const inherited = decisionAbove(byName, name);
    return at !== inherited || below !== inherited;
  });
  const again = zoneText(header, decisions).split('\n');
  const different = lines.findIndex((line, index) => line !== again[index]);
  return different === -1 && again.length === lines.length
    ? decisions
    : { unread: lines[different] ?? again[lines.length] ?? '' };
}

const passThrough = 'rpz-passthru.';
/** Answers that the name does not exist. */
const deny = '.';

function headLines(header: ExportHeader): readonly string[] {
  return [
    ...headerLines(';', header),
    '; in the options of named: response-policy { zone "ZONE" policy given; } qname-wait-recurse no break-dnssec yes min-update-interval 0;',
    '$TTL 60',
    `@ SOA localhost. hostmaster.localhost. ${header.revision} 3600 600 86400 60`,
    '@ NS localhost.',
  ];
}

function decisionAbove(byName: ReadonlyMap<string, NameDecision>, name: string): boolean {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const upper = byName.get(name.slice(dot + 1));
    if (upper !== undefined) {
      return upper.below;
    }
  }
  return false;
}

function actionOf(passes: boolean): string {
  return passes ? passThrough : deny;
}
