import type { ActionId, ActionResult } from '../../model/action.ts';
import type { Event } from '../../model/event.ts';
import { actionParts, actionText, resultDetail, resultWord } from './action-text.ts';
import { durationText } from './duration-text.ts';
import type { EventRenderer, TextTarget } from './event-renderer.ts';
import { recordedText } from './events-plain.ts';
import { failureText } from './failure-text.ts';
import { logLine } from './log-line.ts';
import { createLogTails } from './log-tails.ts';
import { printable } from './printable.ts';
import { createRunSummary } from './run-summary.ts';
import { startTaskTree, type TaskTree } from './task-tree.ts';

export interface EventsTreeOptions {
  /** The terminal that shows the tree. */
  readonly progress: NodeJS.WriteStream;
  /** Where data goes, default stdout; what is written there while the tree is shown comes after it. */
  readonly data?: NodeJS.WriteStream;
  /** Default: what the terminal and NO_COLOR say. */
  readonly color?: boolean;
}

/**
 * A tree that changes while the run goes on: a resource, below it its stages with how long they took, and below a
 * running stage its last line. A resource that is done takes one line. Failures and the summary come below the tree.
 */
export function renderEventsTree(options: EventsTreeOptions): EventRenderer {
  const tails = createLogTails();
  const summary = createRunSummary();
  const resources = new Map<string, ResourceProgress>();
  const below: string[] = [];
  let tree: TaskTree | undefined;

  function show(text: string): void {
    if (tree === undefined) {
      (options.progress satisfies TextTarget).write(text);
    } else {
      below.push(text);
    }
  }

  function finish(action: ActionId, result: ActionResult, at: string): void {
    const detail = resultDetail(result);
    const { name, stage } = actionParts(action);
    const word = result.status === 'succeeded' && !result.cached ? '' : ` ${resultWord(result)}`;
    tree?.finish(action, endOf(result), `${printable(stage)}${word}${detail === '' ? '' : ` ${detail}`}`);
    const tail = tails.take(action);
    if (result.status === 'failed') {
      show(`${actionText(action)} failed (${detail})\n${failureText(result.diagnostics, tail)}`);
    }
    const resource = resources.get(name);
    if (resource !== undefined) {
      resource.open -= 1;
      if (resource.open === 0) {
        const tookMs = resource.startedAt === '' ? 0 : Date.parse(at) - Date.parse(resource.startedAt);
        tree?.nameGroup(name, `${printable(name)} ${durationText(tookMs)}`);
      }
    }
  }

  function consume(event: Event): void {
    switch (event.type) {
      case 'run-started':
        for (const action of event.actions) {
          const { name } = actionParts(action);
          const resource = resources.get(name) ?? { open: 0, startedAt: '', actions: [] };
          resources.set(name, resource);
          resource.open += 1;
          resource.actions.push(action);
        }
        tree = startTaskTree(
          [...resources].map(([name, { actions }]) => ({
            name,
            title: printable(name),
            tasks: actions.map((action) => ({ id: action, title: printable(actionParts(action).stage) })),
          })),
          { data: process.stdout, color: true, ...options },
        );
        return;
      case 'action-started': {
        const resource = resources.get(actionParts(event.action).name);
        if (resource !== undefined) {
          resource.startedAt ||= event.at;
        }
        tree?.start(event.action);
        return;
      }
      case 'action-output':
        tails.add(event.action, event.line);
        tree?.tell(event.action, logLine(event.line));
        return;
      case 'action-slow':
        tree?.title(
          event.action,
          `${printable(actionParts(event.action).stage)} is slow: runs for ${durationText(event.warnAfterMs)}`,
        );
        return;
      case 'action-finished':
        finish(event.action, event.result, event.at);
        return;
      case 'diagnostic':
        show(failureText([event.diagnostic], []));
        return;
      case 'run-finished':
        show(`${summary.text(event.run, event.outcome)}\n`);
        return;
      case 'recorded':
        show(`${recordedText(event)}\n`);
        return;
    }
  }

  return {
    emit: (event) => {
      summary.add(event);
      consume(event);
    },
    end: async () => {
      await tree?.end();
      tree = undefined;
      for (const text of below.splice(0)) {
        options.progress.write(text);
      }
    },
  };
}

interface ResourceProgress {
  /** Actions that have not ended. */
  open: number;
  /** ISO 8601 UTC; empty before its first action started. */
  startedAt: string;
  readonly actions: ActionId[];
}

function endOf(result: ActionResult): 'completed' | 'failed' | 'skipped' {
  switch (result.status) {
    case 'succeeded':
    case 'not-needed':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'skipped':
    case 'cancelled':
    case 'superseded':
      return 'skipped';
  }
}
