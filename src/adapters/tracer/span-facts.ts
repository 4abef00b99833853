import type { ActionResult } from '../../model/action.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Attributes, SpanEvent } from './span.ts';

/** What a span says of how its action ended. `error.type` is the name that the semantic conventions give to the class of an error. */
export function resultAttributes(result: ActionResult): Attributes {
  const { status } = result;
  switch (status) {
    case 'succeeded':
      return { 'sandkiln.status': status, 'sandkiln.cached': result.cached, ...keyAttribute(result.key) };
    case 'failed': {
      const code = result.diagnostics[0]?.code;
      return {
        'sandkiln.status': status,
        'sandkiln.cached': false,
        ...keyAttribute(result.key),
        ...(code === undefined ? {} : { 'error.type': code }),
      };
    }
    case 'not-needed':
      return { 'sandkiln.status': status, 'sandkiln.reason': result.reason };
    case 'skipped':
      return { 'sandkiln.status': status, 'sandkiln.because': result.because };
    case 'cancelled':
      return { 'sandkiln.status': status };
    case 'superseded':
      return { 'sandkiln.status': status, 'sandkiln.superseded_by': result.by };
  }
}

function keyAttribute(key: string | undefined): Attributes {
  return key === undefined ? {} : { 'sandkiln.key': key };
}

/** A finding as an event of a span. */
export function diagnosticEvent({ code, severity, message, hint }: Diagnostic, at: string): SpanEvent {
  return {
    name: 'diagnostic',
    at,
    attributes: {
      'sandkiln.code': code,
      'sandkiln.severity': severity,
      'sandkiln.message': message,
      'sandkiln.hint': hint,
    },
  };
}

/** The status message of a span that failed. */
export function errorText(diagnostic: Diagnostic | undefined): string {
  return diagnostic === undefined ? 'failed' : `${diagnostic.code} ${diagnostic.message}`;
}
