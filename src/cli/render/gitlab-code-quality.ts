import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfJson, hexOf } from '../../model/digest.ts';
import { printable } from './printable.ts';

const severities = { error: 'major', warning: 'minor', note: 'info' } as const;

/** Findings as a code quality report of GitLab. Fingerprints hold no line, so that a finding that moves stays itself. */
export function gitlabCodeQuality(diagnostics: readonly Diagnostic[]): string {
  const seen = new Map<string, number>();
  const issues = diagnostics.map(({ severity, code, message, hint, place }) => {
    const path = place?.file ?? 'sandkiln.yaml';
    const identity = JSON.stringify([code, path, message]);
    const occurrence = seen.get(identity) ?? 0;
    seen.set(identity, occurrence + 1);
    return {
      description: `${printable(message)}; ${printable(hint)}`,
      check_name: code,
      fingerprint: hexOf(digestOfJson([identity, occurrence])),
      severity: severities[severity],
      location: { path, lines: { begin: place?.start?.line ?? 1 } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
}
