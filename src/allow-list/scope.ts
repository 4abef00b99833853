import type { AllowEntry } from '../model/allow-list.ts';

/** For whom a list is asked or exported; without a name in a field, for nobody in particular there. */
export interface ScopeChoice {
  readonly runProfile?: string | undefined;
  readonly pool?: string | undefined;
  readonly sample?: string | undefined;
}

/**
 * Whether an entry holds for a choice. A permission with a scope holds only where every field that it sets names the
 * choice; a denial also holds where the choice says nothing, so that leaving out a name never widens anything.
 */
export function isInScope(
  { scope, effect }: Pick<AllowEntry, 'scope' | 'effect'>,
  choice: ScopeChoice,
): boolean {
  if (scope === undefined) {
    return true;
  }
  const fields = [
    [scope.runProfiles, choice.runProfile],
    [scope.pools, choice.pool],
    [scope.samples, choice.sample],
  ] as const;
  return fields.every(
    ([names, name]) => names === undefined || (name === undefined ? effect === 'deny' : names.includes(name)),
  );
}
