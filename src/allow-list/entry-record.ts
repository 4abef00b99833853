import type { AllowEntry, AllowListChangeset, EntryScope, Match, Protocol } from '../model/allow-list.ts';
import {
  hasShape,
  listShape,
  optional,
  patternShape,
  recordShape,
  type Shape,
  textShape,
  timeShape,
} from '../model/shape.ts';
import { parseAddress, prefixesOf, rangeOf } from './address.ts';
import { isNameMatch } from './names.ts';
import { parsePorts, portsText } from './port-set.ts';
import { withOptionalFields } from './with-optional-fields.ts';

/** An entry as revisions show it to people: `allow: host deb.debian.org`, `on: tcp 80,443`. */
export interface EntryRecord {
  /** Match kind and value; exactly one of `allow` and `deny` is there. */
  readonly allow?: string | undefined;
  readonly deny?: string | undefined;
  /** Protocols and ports: `tcp,udp *`. */
  readonly on: string;
  readonly scope?: EntryScope | undefined;
  readonly reason: string;
  readonly owner?: string | undefined;
  readonly expiresAt?: string | undefined;
  readonly source?: string | undefined;
  readonly list: string;
}

export interface ChangesetRecord {
  readonly added: readonly EntryRecord[];
  readonly removed: readonly EntryRecord[];
  readonly changed: readonly { readonly before: EntryRecord; readonly after: EntryRecord }[];
}

const matchText = patternShape(
  /^(?:host|subdomains|apexAndSubdomains|oneLabel|ip|cidr) [a-z0-9_.:/-]{1,260}$/,
  'a match',
);
const names = listShape(textShape(300), 1000);

const entryFieldsShape: Shape<EntryRecord> = recordShape<EntryRecord>({
  allow: optional(matchText),
  deny: optional(matchText),
  on: patternShape(
    /^(?:tcp|udp|tcp,udp) (?:\*|\d{1,5}(?:-\d{1,5})?(?:,\d{1,5}(?:-\d{1,5})?)*)$/,
    'protocols and ports',
  ),
  scope: optional(
    recordShape<EntryScope>({
      runProfiles: optional(names),
      pools: optional(names),
      samples: optional(names),
    }),
  ),
  reason: textShape(),
  owner: optional(textShape()),
  expiresAt: optional(timeShape),
  source: optional(textShape()),
  list: textShape(300),
});

/** One entry of a changeset. */
export const entryRecordShape: Shape<EntryRecord> = {
  problem: (value, pointer) =>
    entryFieldsShape.problem(value, pointer) ??
    (hasShape(entryFieldsShape, value) && isOneMatch(value)
      ? undefined
      : { pointer, expected: 'an entry that either allows or denies a name, an address or a network' }),
};

/** Exactly one effect, on something that has a position in a set: an address is one, in canonical text. */
function isOneMatch({ allow, deny }: EntryRecord): boolean {
  const text = allow ?? deny;
  if (text === undefined || (allow !== undefined && deny !== undefined)) {
    return false;
  }
  const { kind, value } = matchOf(text);
  if (isNameMatch({ kind, value })) {
    return /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*$/.test(value);
  }
  const [address = '', prefix = '0', ...more] = value.split('/');
  return (
    parseAddress(address) !== undefined &&
    /^\d{1,3}$/.test(prefix) &&
    more.length === 0 &&
    (kind === 'cidr') === value.includes('/') &&
    prefixesOf(rangeOf(value)).join() === value
  );
}

/** A changeset as it stands in a revision, or in the store where it is long. */
export const changesetRecordShape: Shape<ChangesetRecord> = recordShape<ChangesetRecord>({
  added: listShape(entryRecordShape, 1_000_000),
  removed: listShape(entryRecordShape, 1_000_000),
  changed: listShape(
    recordShape<{ before: EntryRecord; after: EntryRecord }>({
      before: entryRecordShape,
      after: entryRecordShape,
    }),
    1_000_000,
  ),
});

export function changesetRecord({ added, removed, changed }: AllowListChangeset): ChangesetRecord {
  return {
    added: added.map(entryRecord),
    removed: removed.map(entryRecord),
    changed: changed.map(({ before, after }) => ({ before: entryRecord(before), after: entryRecord(after) })),
  };
}

/** Of a record that has its shape. */
export function changesetOfRecord({ added, removed, changed }: ChangesetRecord): AllowListChangeset {
  return {
    added: added.map(entryOfRecord),
    removed: removed.map(entryOfRecord),
    changed: changed.map(({ before, after }) => ({
      before: entryOfRecord(before),
      after: entryOfRecord(after),
    })),
  };
}

export function entryRecord(entry: AllowEntry): EntryRecord {
  const { effect, match, protocols, ports, scope, reason, owner, expiresAt, source, list } = entry;
  return {
    [effect]: `${match.kind} ${match.value}`,
    on: serviceText({ protocols, ports }),
    ...(scope === undefined ? {} : { scope }),
    reason,
    ...(owner === undefined ? {} : { owner }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(source === undefined ? {} : { source }),
    list,
  };
}

/** `tcp 80,443`; `tcp,udp *`. */
export function serviceText({ protocols, ports }: Pick<AllowEntry, 'protocols' | 'ports'>): string {
  return `${protocols.join(',')} ${portsText(ports)}`;
}

/** Of a record that has its shape. */
export function entryOfRecord(record: EntryRecord): AllowEntry {
  const { allow, deny, on, scope, reason, owner, expiresAt, source, list } = record;
  const [protocols = '', ports = ''] = on.split(' ');
  const entry: AllowEntry = {
    effect: deny === undefined ? 'allow' : 'deny',
    match: matchOf(deny ?? allow ?? ''),
    protocols: protocols.split(',').filter(isProtocol),
    ports: parsePorts(ports),
    reason,
    list,
  };
  return withOptionalFields(entry, { scope, owner, expiresAt, source });
}

function matchOf(text: string): Match {
  const [kind = '', value = ''] = text.split(' ');
  if (!isMatchKind(kind)) {
    throw new TypeError(`not a match: ${JSON.stringify(text)}`);
  }
  return { kind, value };
}

function isMatchKind(text: string): text is Match['kind'] {
  return ['host', 'subdomains', 'apexAndSubdomains', 'oneLabel', 'ip', 'cidr'].includes(text);
}

function isProtocol(text: string): text is Protocol {
  return text === 'tcp' || text === 'udp';
}
