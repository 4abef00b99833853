import type { AllowEntry } from '../model/allow-list.ts';
import type { JsonObject } from '../model/json.ts';
import type { EntryStatus } from './normalise-entry.ts';
import { isEveryPort } from './port-set.ts';

/** What a spec or a JSON line says to mean an entry; its normal form is that entry again. */
export function rawEntryOf(
  entry: AllowEntry,
  status: EntryStatus = entry.effect === 'deny' ? 'denied' : 'active',
): JsonObject {
  const { match, ports, protocols, scope, reason, owner, expiresAt, source } = entry;
  const [protocol, second] = protocols;
  return {
    match: { [match.kind]: match.value },
    ...(isEveryPort(ports)
      ? {}
      : { ports: ports.map(({ first, last }) => (first === last ? first : `${first}-${last}`)) }),
    ...(protocol === undefined || second !== undefined ? {} : { protocol }),
    ...(scope === undefined ? {} : { scope: { ...scope } }),
    ...(status === 'active' ? {} : { status }),
    reason,
    ...(owner === undefined ? {} : { owner }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(source === undefined ? {} : { source }),
  };
}
