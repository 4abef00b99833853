import type { Loss } from '../../adapters/enforcer/enforcer.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Invocation } from '../command.ts';
import { reportDiagnostics } from '../report.ts';
import { entryText } from './diff-revisions.ts';

const lossesShown = 10;

/** Tells what an enforcer does not say of a list as it stands; all of it with --report. */
export async function reportLosses(
  invocation: Invocation,
  name: string,
  losses: readonly Loss[],
): Promise<void> {
  const shown = invocation.flag('report') ? losses : losses.slice(0, lossesShown);
  const rest = losses.length - shown.length;
  await reportDiagnostics(invocation, [
    ...shown.map((loss) => lossDiagnostic(name, loss)),
    ...(rest > 0
      ? [
          {
            code: 'SK7215',
            severity: 'warning',
            message: `${rest} more entries are not said as they stand`,
            hint: 'see them all with --report',
          } satisfies Diagnostic,
        ]
      : []),
  ]);
}

function lossDiagnostic(enforcer: string, { entry, kind, reason }: Loss): Diagnostic {
  return {
    code: 'SK7215',
    severity: 'warning',
    message: `${enforcer}: ${kind}: ${entryText(entry)}: ${reason}`,
    hint: 'what is left out stays denied; use an enforcer that can say it, or write the entry another way',
  };
}
