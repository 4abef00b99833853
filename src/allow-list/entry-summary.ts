import type { AllowEntry, EntryScope } from '../model/allow-list.ts';
import { serviceText } from './entry-record.ts';

/** What an entry says about traffic, on one line: `allow host deb.debian.org tcp 80,443 [pools lab]`. */
export function entrySummary(entry: AllowEntry): string {
  const { effect, match, scope } = entry;
  return `${effect} ${match.kind} ${match.value} ${serviceText(entry)}${scopeText(scope)}`;
}

/** ` [runProfiles a, b; pools c]`; nothing for everywhere. */
export function scopeText(scope: EntryScope | undefined): string {
  const fields = Object.entries(scope ?? {}).map(([field, names]) => `${field} ${names.join(', ')}`);
  return fields.length === 0 ? '' : ` [${fields.join('; ')}]`;
}
