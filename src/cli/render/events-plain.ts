import type { Event } from '../../model/event.ts';
import { actionText, resultDetail, resultWord } from './action-text.ts';
import { durationText } from './duration-text.ts';
import type { EventRenderer, TextTarget } from './event-renderer.ts';
import { failureText } from './failure-text.ts';
import { createLogTails } from './log-tails.ts';
import { printable } from './printable.ts';
import { createRunSummary } from './run-summary.ts';

/**
 * One line an event, with the time of day (UTC), for logs of CI runners. What actions print is shown only where they
 * fail: the last twenty lines, indented.
 */
export function renderEventsPlain(target: TextTarget): EventRenderer {
  const tails = createLogTails();
  const summary = createRunSummary();

  function textOf(event: Event): string {
    switch (event.type) {
      case 'run-started':
        return line(event, `run ${event.run} started: ${event.actions.length} actions`);
      case 'action-started':
        return line(event, `${actionText(event.action)} started`);
      case 'action-output':
        tails.add(event.action, event.line);
        return '';
      case 'action-slow':
        return line(
          event,
          `${actionText(event.action)} is slow: runs for ${durationText(event.warnAfterMs)}`,
        );
      case 'action-finished': {
        const { action, result } = event;
        const tail = tails.take(action);
        const detail = resultDetail(result);
        const text = `${actionText(action)} ${resultWord(result)}${detail === '' ? '' : ` (${detail})`}`;
        return line(event, text) + (result.status === 'failed' ? failureText(result.diagnostics, tail) : '');
      }
      case 'diagnostic':
        return failureText([event.diagnostic], []);
      case 'run-finished':
        return line(event, summary.text(event.run, event.outcome));
      case 'recorded':
        return line(event, recordedText(event));
    }
  }

  return {
    emit: (event) => {
      summary.add(event);
      const text = textOf(event);
      if (text !== '') {
        target.write(text);
      }
    },
    end: async () => {},
  };
}

/** What a run left in the catalog. */
export function recordedText({
  commit,
  images,
  allowLists,
}: Extract<Event, { readonly type: 'recorded' }>): string {
  const names = [...allowLists, ...images];
  return commit === undefined
    ? 'nothing to record'
    : printable(`recorded in ${commit}${names.length === 0 ? '' : `: ${names.join(', ')}`}`);
}

function line(event: Event, text: string): string {
  return `${event.at.slice(11, 19)} ${text}\n`;
}
