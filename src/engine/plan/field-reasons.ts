import { canonicalJson } from '../../model/canonical-json.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { compareCodePoints, isJsonObject } from '../../model/json.ts';
import type { Reason } from '../../model/plan.ts';
import type { Origin, ResolvedResource } from '../../model/resource.ts';
import { identityText } from '../../model/resource.ts';

/** Where the leaves of a recorded spec came from: pointer → `kind/name` and the line there. */
export type RecordedOrigins = Readonly<Record<string, { readonly from: string; readonly line: number }>>;

/**
 * What differs between the spec that a record was made from and the resolved spec of today, a reason a field, in
 * pointer order. A value that a profile gives names the profile and its line.
 */
export function fieldReasons(
  before: JsonObject,
  beforeOrigins: RecordedOrigins,
  resource: ResolvedResource,
): readonly Reason[] {
  const reasons: Reason[] = [];
  compare('', before, resource.spec);
  return reasons;

  function compare(pointer: string, left: JsonValue | undefined, right: JsonValue | undefined): void {
    if (isJsonObject(left) && isJsonObject(right)) {
      for (const key of unionOfKeys(left, right)) {
        compare(`${pointer}/${escapePointer(key)}`, left[key], right[key]);
      }
      return;
    }
    if (left !== undefined && right !== undefined && canonicalJson(left) === canonicalJson(right)) {
      return;
    }
    reasons.push(reasonFor(pointer, left, right));
  }

  function reasonFor(pointer: string, left: JsonValue | undefined, right: JsonValue | undefined): Reason {
    const origin = originOf(resource.origins, pointer);
    const recorded = beforeOrigins[pointer] ?? firstBelow(beforeOrigins, pointer);
    const change = describe(left, right);
    const own = identityText(resource.identity);
    const giver = origin === undefined ? recorded?.from : identityText(origin.identity);
    const line = origin?.place.start?.line;
    const prefix = giver === undefined || giver === own ? '' : `${sayGiver(giver)}: `;
    const suffix = prefix === '' || line === undefined ? '' : `, line ${line}`;
    const field = pointer.slice(1).replaceAll('/', '.');
    return {
      text: `${prefix}${field}${change}${suffix}`,
      field: pointer,
      ...(left === undefined ? {} : { before: left }),
      ...(right === undefined ? {} : { after: right }),
      ...(origin === undefined ? {} : { place: origin.place }),
    };
  }
}

/** `profile debian-vm` for `BuildProfile/debian-vm`; `default` for what the kind itself gives. */
function sayGiver(identity: string): string {
  const [kind = '', name = ''] = identity.split('/');
  if (kind === 'built-in') {
    return 'default';
  }
  return kind.endsWith('Profile') ? `profile ${name}` : identity;
}

function describe(left: JsonValue | undefined, right: JsonValue | undefined): string {
  if (Array.isArray(left) || Array.isArray(right)) {
    return describeLists(asList(left), asList(right));
  }
  if (left === undefined) {
    return `: + ${short(right ?? null)}`;
  }
  if (right === undefined) {
    return `: - ${short(left)}`;
  }
  return ` ${short(left)} → ${short(right)}`;
}

function describeLists(left: readonly JsonValue[], right: readonly JsonValue[]): string {
  const leftTexts = left.map(itemText);
  const rightTexts = right.map(itemText);
  const added = right.filter((_, index) => !leftTexts.includes(rightTexts[index] ?? ''));
  const removed = left.filter((_, index) => !rightTexts.includes(leftTexts[index] ?? ''));
  const addedNames = new Set(added.map(itemName));
  const removedNames = new Set(removed.map(itemName));
  const parts = [
    ...removed.filter((item) => !addedNames.has(itemName(item))).map((item) => `- ${itemName(item)}`),
    ...added.filter((item) => !removedNames.has(itemName(item))).map((item) => `+ ${itemName(item)}`),
    ...added.filter((item) => removedNames.has(itemName(item))).map((item) => `~ ${itemName(item)}`),
  ];
  return parts.length === 0 ? ': other order' : `: ${shorten(parts).join(' ')}`;
}

function shorten(parts: readonly string[]): readonly string[] {
  const shown = 8;
  return parts.length <= shown ? parts : [...parts.slice(0, shown), `and ${parts.length - shown} more`];
}

/** Lists of objects are told by what names their items: `files: ~ /etc/motd`. */
function itemName(item: JsonValue): string {
  if (isJsonObject(item)) {
    const name = item['path'] ?? item['name'];
    if (typeof name === 'string') {
      return name;
    }
  }
  return short(item);
}

function itemText(item: JsonValue): string {
  return canonicalJson(item);
}

function asList(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function short(value: JsonValue): string {
  const text = typeof value === 'string' ? value : canonicalJson(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

function unionOfKeys(left: JsonObject, right: JsonObject): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort(compareCodePoints);
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function originOf(origins: ReadonlyMap<string, Origin>, pointer: string): Origin | undefined {
  return origins.get(pointer) ?? origins.get(`${pointer}/0`) ?? firstOriginBelow(origins, pointer);
}

function firstOriginBelow(origins: ReadonlyMap<string, Origin>, pointer: string): Origin | undefined {
  for (const [key, origin] of origins) {
    if (key.startsWith(`${pointer}/`)) {
      return origin;
    }
  }
  return undefined;
}

function firstBelow(origins: RecordedOrigins, pointer: string): { readonly from: string } | undefined {
  const key = Object.keys(origins).find((candidate) => candidate.startsWith(`${pointer}/`));
  return key === undefined ? undefined : origins[key];
}
