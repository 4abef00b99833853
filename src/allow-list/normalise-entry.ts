import type { AllowEntry, Protocol } from '../model/allow-list.ts';
import type { JsonObject, JsonValue } from '../model/json.ts';
import { suggest } from '../model/suggest.ts';
import { notAMap, refuseUnknownFields } from './entry-fields.ts';
import { type EntryProblem, entryError } from './entry-problem.ts';
import { entryText } from './entry-text.ts';
import { normaliseMatch } from './normalise-match.ts';
import { type KnownPorts, normalisePorts } from './normalise-ports.ts';
import { normaliseScope } from './normalise-scope.ts';
import { shownText } from './shown-text.ts';
import { withOptionalFields } from './with-optional-fields.ts';

/**
 * Whether an entry is in force: a `candidate` waits for somebody to decide, `active` allows, `denied` denies whatever
 * else allows the same.
 */
export type EntryStatus = (typeof statuses)[number];

/** An entry in normal form, with what its author should know; or why it has none. */
export type NormalisedEntry =
  | {
      readonly ok: true;
      readonly entry: AllowEntry;
      readonly status: EntryStatus;
      readonly warnings: readonly EntryProblem[];
    }
  | { readonly ok: false; readonly problems: readonly EntryProblem[] };

const statuses = ['candidate', 'active', 'denied'] as const;
const protocols = ['tcp', 'udp'] as const satisfies readonly Protocol[];
const onlyProtocol = { tcp: ['tcp'], udp: ['udp'] } as const satisfies Record<Protocol, readonly Protocol[]>;
const fields = [
  'match',
  'ports',
  'protocol',
  'scope',
  'status',
  'reason',
  'owner',
  'expiresAt',
  'source',
] as const;

/**
 * The normal form of an entry as specs and JSON lines write it, which may not have been checked against the schema.
 * What is the same in meaning is the same in normal form, and the normal form of a normal form is itself. Gives SK1401
 * to SK1417.
 */
export function normaliseEntry(raw: unknown, list: string, known?: KnownPorts): NormalisedEntry {
  if (!isEntry(raw)) {
    return { ok: false, problems: [notAMap('', 'the entry')] };
  }
  const problems: EntryProblem[] = [];
  refuseUnknownFields(raw, fields, '', problems);
  const match = normaliseMatch(raw['match'], problems);
  const ports = normalisePorts(raw['ports'], problems, known);
  const protocol = oneOf(raw, 'protocol', protocols, problems);
  const status = oneOf(raw, 'status', statuses, problems) ?? 'active';
  const scope = normaliseScope(raw['scope'], problems);
  const reason = entryText(raw, 'reason', problems);
  const owner = entryText(raw, 'owner', problems);
  const expiresAt = expiryOf(raw['expiresAt'], problems);
  const source = entryText(raw, 'source', problems);
  if (match === undefined || reason === undefined || problems.some(({ severity }) => severity === 'error')) {
    return { ok: false, problems };
  }
  const entry: AllowEntry = {
    effect: status === 'denied' ? 'deny' : 'allow',
    match,
    protocols: protocol === undefined ? protocols : onlyProtocol[protocol],
    ports,
    reason,
    list,
  };
  return {
    ok: true,
    entry: withOptionalFields(entry, { scope, owner, expiresAt, source }),
    status,
    warnings: problems,
  };
}

function isEntry(raw: unknown): raw is JsonObject {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

function oneOf<const Value extends string>(
  raw: JsonObject,
  field: string,
  values: readonly Value[],
  problems: EntryProblem[],
): Value | undefined {
  const written = raw[field];
  if (written === undefined) {
    return undefined;
  }
  const value = values.find((candidate) => candidate === written);
  if (value === undefined) {
    const meant = typeof written === 'string' ? suggest(written, values) : undefined;
    problems.push(
      entryError(`/${field}`, {
        code: 'SK1417',
        message: `${field} is ${typeof written === 'string' ? shownText(written) : 'not text'}`,
        hint: meant === undefined ? `write one of ${values.join(', ')}` : `did you mean ${meant}?`,
      }),
    );
  }
  return value;
}

/** RFC 3339 in UTC with whole seconds, so that the order of texts is the order of times. */
function expiryOf(raw: JsonValue | undefined, problems: EntryProblem[]): string | undefined {
  if (raw === undefined) {
    return undefined;
  }
  const time =
    typeof raw === 'string' && /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(raw)
      ? Date.parse(raw)
      : Number.NaN;
  // A day that its month has not, or the hour 24, is read as the next day.
  if (Number.isNaN(time) || new Date(time).toISOString().replace('.000', '') !== raw) {
    problems.push(
      entryError('/expiresAt', {
        code: 'SK1412',
        message: `expiresAt is ${typeof raw === 'string' ? shownText(raw) : 'not text'}, which is no time in UTC`,
        hint: 'write a date that the calendar has, a time and Z: 2027-01-31T00:00:00Z',
      }),
    );
    return undefined;
  }
  return String(raw);
}
