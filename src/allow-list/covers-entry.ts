import type { AllowEntry, EntryScope, PortRange } from '../model/allow-list.ts';

/**
 * Whether one entry speaks of every service of another, for everybody for whom that one holds, and for at least as
 * long. The matches are compared by who asks.
 */
export function coversService(outer: AllowEntry, inner: AllowEntry): boolean {
  return (
    inner.protocols.every((protocol) => outer.protocols.includes(protocol)) &&
    inner.ports.every((range) => holdsPorts(outer.ports, range)) &&
    coversScope(outer.scope, inner.scope) &&
    (outer.expiresAt === undefined || (inner.expiresAt !== undefined && outer.expiresAt >= inner.expiresAt))
  );
}

function holdsPorts(ranges: readonly PortRange[], inner: PortRange): boolean {
  return ranges.some(({ first, last }) => first <= inner.first && inner.last <= last);
}

/** Every field that the outer scope sets, the inner one sets too, to names that are all among the outer's. */
function coversScope(outer: EntryScope | undefined, inner: EntryScope | undefined): boolean {
  return (
    coversNamesOf(outer?.runProfiles, inner?.runProfiles) &&
    coversNamesOf(outer?.pools, inner?.pools) &&
    coversNamesOf(outer?.samples, inner?.samples)
  );
}

function coversNamesOf(outer: readonly string[] | undefined, inner: readonly string[] | undefined): boolean {
  return outer === undefined || inner?.every((name) => outer.includes(name)) === true;
}
