import type { Match } from '../model/allow-list.ts';
import { parseAddress } from './address.ts';
import { normaliseAddress, normaliseNetwork } from './address-match.ts';
import type { TextProblem } from './entry-problem.ts';
import { normaliseHostName } from './host-name.ts';

/**
 * What a text without a kind means: an address, a network or a host name, in canonical text. Gives SK1402 to SK1408,
 * as for entries.
 */
export function destinationMatch(
  written: string,
): { readonly ok: true; readonly match: Match } | { readonly ok: false; readonly problem: TextProblem } {
  if (written.includes('/')) {
    return normaliseNetwork(written);
  }
  if (parseAddress(written) !== undefined) {
    return normaliseAddress(written);
  }
  const host = normaliseHostName(written);
  return host.ok ? { ok: true, match: { kind: 'host', value: host.name } } : host;
}
