import { serviceText } from '../../../allow-list/entry-record.ts';
import type { AllowEntry, Match } from '../../../model/allow-list.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { EnforcerInput } from '../enforcer.ts';
import { type AllowedTraffic, trafficPattern } from './traffic-pattern.ts';
import { allowListNamespace, observableNamespace, uuidOfName } from './uuid-of-name.ts';

/** A STIX 2.1 object of an allow-list. */
export interface StixObject extends JsonObject {
  readonly type: string;
  readonly spec_version: '2.1';
  readonly id: string;
}

/** What a grouping of allowed destinations has as its context, which is an open vocabulary. */
export const groupingContext = 'allowed-egress';

/** A name, address or network as an observable (section 6), whose identifier everybody gives it who writes it. */
export function observable({ kind, value }: Match): StixObject {
  const type = kind === 'host' ? 'domain-name' : value.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
  return {
    type,
    spec_version: '2.1',
    // Of one member in ASCII this is its JSON in canonical form (RFC 8785), which the identifier stands on.
    id: `${type}--${uuidOfName(observableNamespace, JSON.stringify({ value }))}`,
    value,
  };
}

/** Allowed traffic as an indicator (section 4.7). A revision has its own: a version would need the time of the first. */
export function indicator(
  input: EnforcerInput,
  { match, reason, expiresAt }: AllowEntry,
  traffic: AllowedTraffic,
): StixObject {
  const pattern = trafficPattern(traffic);
  const created = millisecondTime(input.createdAt);
  return {
    type: 'indicator',
    spec_version: '2.1',
    id: revisionId('indicator', input, [pattern, expiresAt ?? null]),
    created,
    modified: created,
    name: `allowed egress: ${match.kind} ${match.value} ${serviceText(traffic)}`,
    description: reason,
    indicator_types: ['benign'],
    pattern,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: created,
    ...(expiresAt === undefined ? {} : { valid_until: millisecondTime(expiresAt) }),
  };
}

/**
 * The bundle (section 8) of what is allowed, an object a line, with a grouping (section 4.4) that refers to all of it;
 * for an empty list a bundle without objects, as a grouping has to refer to something. Takes objects as JSON by id.
 */
export function bundleText(input: EnforcerInput, objects: ReadonlyMap<string, string>): string {
  const created = millisecondTime(input.createdAt);
  const refs = [...objects.keys()];
  const grouping = {
    type: 'grouping',
    spec_version: '2.1',
    id: revisionId('grouping', input, refs),
    created,
    modified: created,
    name: `allowed egress: ${input.list}`,
    description: `Destinations that sandboxes may reach by the allow-list ${input.list}, revision ${input.revision}, set ${input.set}`,
    context: groupingContext,
    object_refs: refs,
  };
  const id = revisionId('bundle', input, refs);
  return objects.size === 0
    ? `{"type":"bundle","id":"${id}"}\n`
    : `{"type":"bundle","id":"${id}","objects":[\n${[JSON.stringify(grouping), ...objects.values()].join(',\n')}\n]}\n`;
}

/** Of an object that belongs to one revision; the namespace of observables is not for these. */
function revisionId(
  type: string,
  { list, revision, set }: EnforcerInput,
  more: readonly (string | null)[],
): string {
  return `${type}--${uuidOfName(allowListNamespace, JSON.stringify([type, list, revision, set, ...more]))}`;
}

/** With milliseconds, which the specification asks for. */
function millisecondTime(time: string): string {
  return /^[^.]{19}Z$/.test(time) ? `${time.slice(0, -1)}.000Z` : new Date(time).toISOString();
}
