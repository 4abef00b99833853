import type { AllowEntry } from '../model/allow-list.ts';

/** Fields that an entry has or has not. */
export type OptionalFields = {
  readonly [Field in 'scope' | 'owner' | 'expiresAt' | 'source']: AllowEntry[Field] | undefined;
};

/** An entry with those of the fields that are there. Of a long list hardly an entry has any, and spreading is dear. */
export function withOptionalFields(
  entry: AllowEntry,
  { scope, owner, expiresAt, source }: OptionalFields,
): AllowEntry {
  if (scope === undefined && owner === undefined && expiresAt === undefined && source === undefined) {
    return entry;
  }
  return {
    ...entry,
    ...(scope === undefined ? {} : { scope }),
    ...(owner === undefined ? {} : { owner }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(source === undefined ? {} : { source }),
  };
}
