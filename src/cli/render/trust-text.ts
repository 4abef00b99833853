import type { OpenTrust } from '../../engine/trust/open-trust.ts';
import { type TrustRole, trustRoles } from '../../engine/trust/trust.ts';
import { printable } from './printable.ts';
import { textTable } from './text-table.ts';

/** The keys of the newest trust with their roles, and what is missing until it counts. */
export function trustText({ newest, shortfalls }: OpenTrust): string {
  const { keys, roles, version } = newest.signed;
  const rows = Object.entries(keys).map(([id, { name }]) => [
    id,
    printable(name),
    trustRoles.filter((role) => roles[role]?.keys.includes(id)).join(', ') || '-',
  ]);
  const thresholds = trustRoles.flatMap((role) => thresholdText(role, roles[role]));
  const state = shortfalls.length === 0 ? 'signed' : `not signed yet: ${shortfalls.join('; ')}`;
  return `${textTable([['KEY', 'NAME', 'ROLES'], ...rows])}thresholds: ${thresholds.join(', ')}\ntrust: version ${version}, ${state}\n`;
}

function thresholdText(
  role: TrustRole,
  rule: { readonly threshold: number; readonly keys: readonly string[] } | undefined,
): readonly string[] {
  return rule === undefined ? [] : [`${role} ${rule.threshold} of ${rule.keys.length}`];
}
