import type { AllowEntry, EntryScope, Match, Protocol } from '../model/allow-list.ts';
import { type Digest, digestOfBytes } from '../model/digest.ts';
import { entryKey } from './entry-key.ts';
import { parsePorts } from './port-set.ts';
import { type OptionalFields, withOptionalFields } from './with-optional-fields.ts';

/**
 * The entries of a list that are in force, as text: a line an entry, its key, a tab and what the key does not say as JSON,
 * sorted by key. The key starts with the position (a name's labels from the right, an address in hexadecimal), so that what matters for one
 * destination is found without reading the rest. Two entries with the same key are one: the first is kept.
 */
export interface EffectiveSet {
  readonly text: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
  readonly count: number;
  /** When the first of the entries that it kept expires: that moment changes the set; null where none does. */
  readonly firstExpiry: string | null;
}

export function effectiveSet(entries: readonly AllowEntry[]): EffectiveSet {
  const sorted = entries.map(lineOfEntry).sort();
  if (sorted.some((line, index) => index > 0 && hasKeyOf(line, sorted[index - 1] ?? ''))) {
    return effectiveSet(firstOfEachKey(entries));
  }
  const text = joined(sorted);
  const bytes = Buffer.from(text);
  return {
    text,
    digest: digestOfBytes(bytes),
    sizeBytes: bytes.length,
    count: sorted.length,
    firstExpiry: firstExpiryOf(entries),
  };
}

function firstOfEachKey(entries: readonly AllowEntry[]): readonly AllowEntry[] {
  const byKey = new Map<string, AllowEntry>();
  for (const entry of entries) {
    const key = entryKey(entry);
    if (!byKey.has(key)) {
      byKey.set(key, entry);
    }
  }
  return [...byKey.values()];
}

function hasKeyOf(line: string, other: string): boolean {
  return line.startsWith(other.slice(0, other.indexOf('\t') + 1));
}

/** In normal form all times are written alike, and sort as they follow each other. */
function firstExpiryOf(entries: readonly AllowEntry[]): string | null {
  let first: string | undefined;
  for (const { expiresAt } of entries) {
    if (expiresAt !== undefined && (first === undefined || expiresAt < first)) {
      first = expiresAt;
    }
  }
  return first ?? null;
}

/** The text of lines with different keys. */
export function textOfLines(lines: Iterable<string>): string {
  return joined([...lines].sort());
}

/** Keys are ASCII and differ before anything else does, and there UTF-16 units sort as code points do. */
function joined(sorted: readonly string[]): string {
  return sorted.length === 0 ? '' : `${sorted.join('\n')}\n`;
}

export function lineOfEntry(entry: AllowEntry): string {
  // A joined text is one piece; one put together by a template keeps all its pieces, a dozen objects a line.
  return [entryKey(entry), entryJson(entry)].join('\t');
}

/** What a set's text says of itself, without reading its entries. */
export function describeSetText(text: string): Omit<EffectiveSet, 'text'> {
  // In the texts of an entry the quotes are escaped, so only the field itself is found.
  const ends = [...text.matchAll(/"expiresAt":"([^"]*)"/g)].map(([, expiresAt = '']) => expiresAt);
  const [firstExpiry = null] = ends.sort();
  const bytes = Buffer.from(text);
  return { digest: digestOfBytes(bytes), sizeBytes: bytes.length, count: linesOf(text).length, firstExpiry };
}

/** The entries of a set's text, sorted by key. */
export function entriesOf(text: string): readonly AllowEntry[] {
  return linesOf(text).map(lineReader());
}

/** Without the final one, which is empty. */
export function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.slice(0, -1).split('\n');
}

/** Whether a set, in its text, holds any permission: the effect is the third word of a key, after its position. */
export function allowsSomething(text: string): boolean {
  return /^\S+ \S+ allow /m.test(text);
}

export function keyOfLine(line: string): string {
  return line.slice(0, line.indexOf('\t'));
}

/** Of a line that {@link effectiveSet} wrote, under a digest that was checked. */
export function entryOfLine(line: string): AllowEntry {
  return lineReader()(line);
}

/** Reads lines; entries of the same service share its lists, of which a set of many entries has few. */
function lineReader(): (line: string) => AllowEntry {
  const services = new Map<string, ServiceOfKey>();
  return (line) => {
    const tab = line.indexOf('\t');
    const rest: RestOfEntry = JSON.parse(line.slice(tab + 1));
    // The position is two words.
    const key = line.slice(line.indexOf(' ', 2) + 1, tab);
    let service = services.get(key);
    if (service === undefined) {
      service = serviceOfKey(key);
      services.set(key, service);
    }
    const entry: AllowEntry = {
      effect: service.effect,
      match: { kind: service.kind, value: rest.value },
      protocols: service.protocols,
      ports: service.ports,
      reason: rest.reason,
      list: rest.list,
    };
    return withOptionalFields(entry, rest);
  };
}

interface ServiceOfKey extends Pick<AllowEntry, 'effect' | 'protocols' | 'ports'> {
  readonly kind: Match['kind'];
}

/** What a key says after its position. */
function serviceOfKey(key: string): ServiceOfKey {
  const [effect = '', kind = '', protocols = '', ports = ''] = key.split(' ');
  // Written by `entryKey`.
  return {
    effect: effect as AllowEntry['effect'],
    kind: kind as Match['kind'],
    protocols: protocols.split(',') as readonly Protocol[],
    ports: parsePorts(ports),
  };
}

/** What a key does not hold. */
interface RestOfEntry extends OptionalFields {
  readonly value: string;
  readonly reason: string;
  readonly list: string;
}

/**
 * What the key does not hold, as `JSON.stringify` writes it; the same order of fields always, since the digest of a set
 * stands on it. Put together here, as most entries have three short texts.
 */
function entryJson({ match, scope, reason, owner, expiresAt, source, list }: AllowEntry): string {
  return `{"value":${JSON.stringify(match.value)}${
    scope === undefined ? '' : `,"scope":${scopeJson(scope)}`
  },"reason":${JSON.stringify(reason)}${textField('owner', owner)}${textField('expiresAt', expiresAt)}${textField(
    'source',
    source,
  )},"list":${JSON.stringify(list)}}`;
}

function textField(name: string, text: string | undefined): string {
  return text === undefined ? '' : `,"${name}":${JSON.stringify(text)}`;
}

function scopeJson({ runProfiles, pools, samples }: EntryScope): string {
  return JSON.stringify({ runProfiles, pools, samples });
}
