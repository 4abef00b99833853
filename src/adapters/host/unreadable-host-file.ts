import type { Diagnostic, Place } from '../../model/diagnostic.ts';

/** SK9010 for a host configuration that is not used at all. */
export function unreadableHostFile(
  place: Place,
  why: string,
  hint = 'see docs/host.md for its settings',
): Diagnostic {
  const message = `the host configuration ${place.file} cannot be used: ${why}`;
  return { code: 'SK9010', severity: 'error', message, hint, place, failure: 'stalled' };
}
