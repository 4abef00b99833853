import type { Loss } from '../../adapters/enforcer/enforcer.ts';
import { entryRecord } from '../../allow-list/entry-record.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Invocation } from '../command.ts';
import { reportDiagnostics } from '../report.ts';
import { entryText } from './diff-revisions.ts';

const lossesShown = 10;

/** A loss in JSON. */
export function lossRecord({ entry, kind, reason }: Loss) {
  return { kind, reason, entry: entryRecord(entry) };
}

/** Tells what an enforcer does not say of a list as it stands; all of it with --report. JSON has it in its own document. */
export async function reportLosses(
  invocation: Invocation,
  name: string,
  losses: readonly Loss[],
): Promise<void> {
  if (invocation.output === 'json') {
    return;
  }
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
