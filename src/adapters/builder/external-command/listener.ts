import type { Diagnostic } from '../../../model/diagnostic.ts';
import { externalDiagnostic } from './external-diagnostic.ts';
import {
  type DescriptionEvent,
  type FailedEvent,
  type OutputEvent,
  type ProtocolEvent,
  parseEvent,
} from './protocol.ts';

/** What a builder told until it finished. */
export interface Told {
  readonly description?: DescriptionEvent;
  readonly outputs: readonly OutputEvent[];
}

const outputCountLimit = 100_000;

/** Hears a builder out. */
export interface Listener {
  /** Hears one line; gives the problem where it is one. After a problem nothing is heard. */
  take(line: string): Diagnostic | undefined;
  /** Ends the hearing for a problem of the stream itself. */
  break(problem: Diagnostic): Diagnostic;
  problem(): Diagnostic | undefined;
  /** The last event. */
  end(): { readonly type: 'finished' } | FailedEvent | undefined;
  told(): Told;
}

/** The log gets what is for people; everything else is kept until the end. SK4022 and SK4023. */
export function createListener(builder: string, log: (line: string) => void): Listener {
  const outputs: OutputEvent[] = [];
  let description: DescriptionEvent | undefined;
  let end: { readonly type: 'finished' } | FailedEvent | undefined;
  let problem: Diagnostic | undefined;
  let lineNumber = 0;

  function hear(event: ProtocolEvent): void {
    switch (event.type) {
      case 'log':
        for (const line of event.text.split('\n')) {
          log(line);
        }
        break;
      case 'progress':
        log(`${event.done} of ${event.total}${event.text === undefined ? '' : `: ${event.text}`}`);
        break;
      case 'description':
        description = event;
        break;
      case 'output':
        outputs.push(event);
        break;
      case 'finished':
      case 'failed':
        end = event;
        break;
    }
  }

  return {
    take(line) {
      lineNumber += 1;
      if (problem !== undefined) {
        return problem;
      }
      const event = parseEvent(line);
      if (typeof event === 'string') {
        problem = externalDiagnostic.wrongLine(builder, lineNumber, line, event);
      } else if (end !== undefined) {
        problem = externalDiagnostic.brokenProtocol(builder, `it went on after it had ${end.type}`);
      } else if (outputs.length > outputCountLimit) {
        problem = externalDiagnostic.tooMuch(builder, `more than ${outputCountLimit} outputs`);
      } else if (event !== undefined) {
        hear(event);
      }
      return problem;
    },
    break(found) {
      problem ??= found;
      return problem;
    },
    problem: () => problem,
    end: () => end,
    told: () => ({ outputs, ...(description === undefined ? {} : { description }) }),
  };
}
