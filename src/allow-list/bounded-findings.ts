import { counted } from '../model/counted.ts';
import type { Diagnostic } from '../model/diagnostic.ts';

/** Findings of one severity about one list or file, after which the rest is counted and not told. */
const findingLimit = 100;

/** Findings of which there may be as many as entries. */
export interface BoundedFindings {
  /** `make` is called only while there is room. */
  add(severity: 'error' | 'warning', make: () => Omit<Diagnostic, 'severity'>): void;
  /** Errors and warnings as they came, each with SK1437 where there were more. */
  all(): readonly Diagnostic[];
}

export function boundedFindings(about: string, file: string): BoundedFindings {
  const kept: Diagnostic[] = [];
  const counts = { error: 0, warning: 0 };
  return {
    add: (severity, make) => {
      counts[severity]++;
      if (counts[severity] <= findingLimit) {
        kept.push({ ...make(), severity });
      }
    },
    all: () => [...kept, ...more('error'), ...more('warning')],
  };

  function more(severity: keyof typeof counts): readonly Diagnostic[] {
    const untold = counts[severity] - findingLimit;
    return untold <= 0
      ? []
      : [
          {
            code: 'SK1437',
            severity,
            message: `${about} has ${counted(untold, `more ${severity}`)}`,
            hint: `correct the first ${findingLimit}; the rest is told then`,
            place: { file },
          },
        ];
  }
}
