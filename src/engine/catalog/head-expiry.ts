import type { CatalogHead } from '../../model/record.ts';

/** Whether less than a third of the validity is left. */
export function isNearlyExpired(head: CatalogHead, now: Date): boolean {
  const issuedAtMs = Date.parse(head.issuedAt);
  const expiresAtMs = Date.parse(head.expiresAt);
  return expiresAtMs - now.getTime() < (expiresAtMs - issuedAtMs) / 3;
}
