import type { EnforcerAbilities, EnforcerName } from '../../adapters/enforcer/enforcer.ts';
import type { Workspace } from '../../compose.ts';
import { enforcerNames, openEnforcer } from '../../compose-enforcers.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { textTable } from '../render/text-table.ts';

/** What each enforcer can say, as a table or as JSON. */
export async function listEnforcers(
  invocation: Invocation,
  workspace: Pick<Workspace, 'processes'>,
): Promise<string> {
  const rows: { readonly name: EnforcerName; readonly abilities: EnforcerAbilities }[] = [];
  for (const name of enforcerNames) {
    const { abilities } = await openEnforcer(name, workspace, undefined);
    rows.push({ name, abilities });
  }
  return invocation.output === 'json'
    ? jsonText({ formatVersion: 1, enforcers: rows.map(({ name, abilities }) => ({ name, ...abilities })) })
    : textTable([tableHead, ...rows.map(({ name, abilities }) => abilityRow(name, abilities))]);
}

const tableHead = [
  'ENFORCER',
  'MATCHES',
  'IPV6',
  'PORTS',
  'PROTOCOLS',
  'EXPIRY',
  'DENIALS',
  'MOST',
  'ATOMIC',
];

/** A row of the table, which is that of docs/enforcers.md too. */
export function abilityRow(name: string, abilities: EnforcerAbilities): readonly string[] {
  const { matches, ipv6, ports, protocols, expiry, denials, maxRules, atomic } = abilities;
  const yes = (can: boolean) => (can ? 'yes' : 'no');
  return [
    name,
    matches.join(' '),
    yes(ipv6),
    yes(ports),
    yes(protocols),
    yes(expiry),
    yes(denials),
    maxRules === null ? '-' : String(maxRules),
    yes(atomic),
  ];
}
