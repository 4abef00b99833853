import type { AllowEntry } from '../model/allow-list.ts';

/** Whether an entry is the repository's own, `always-deny/<group>`, and no list's. */
export function isAlwaysDenied({ list }: Pick<AllowEntry, 'list'>): boolean {
  return list.startsWith('always-deny/');
}
