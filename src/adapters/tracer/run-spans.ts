import type { ActionId } from '../../model/action.ts';
import type { Emit, Event } from '../../model/event.ts';
import type { Attributes, Span, SpanEvent } from './span.ts';
import { diagnosticEvent, errorText, resultAttributes } from './span-facts.ts';

export interface RunSpans {
  readonly emit: Emit;
  /** Ends what is still open, the root span last. */
  end(at: string): void;
}

/**
 * Turns the events of a run into spans, each handed over when it has ended: one for the run, named after its command, below it one for
 * each resource, below that one for each action. An action that never started has a span without length.
 */
export function createRunSpans(options: {
  readonly command: string;
  /** The span around the run, where there is one. */
  readonly parent: string | undefined;
  readonly newSpanId: () => string;
  readonly ended: (span: Span) => void;
}): RunSpans {
  const resources = new Map<string, ResourceSpan>();
  const actions = new Map<ActionId, OpenSpan>();
  let root: OpenSpan | undefined;

  function open(name: string, parent: string | undefined, at: string, attributes: Attributes): OpenSpan {
    return {
      id: options.newSpanId(),
      name,
      parent,
      startedAt: at,
      attributes: { ...attributes },
      events: [],
      error: undefined,
    };
  }

  function close({ error, ...span }: OpenSpan, at: string): void {
    options.ended({ ...span, endedAt: at, ...(error === undefined ? {} : { error }) });
  }

  function openRun({ at, run, actions: ids }: EventOf<'run-started'>): void {
    root = open(options.command, options.parent, at, { 'sandkiln.run': run, 'sandkiln.actions': ids.length });
    for (const action of ids) {
      const { kind, name, resource } = partsOf(action);
      const known = resources.get(resource);
      if (known === undefined) {
        const attributes = { 'sandkiln.resource.kind': kind, 'sandkiln.resource.name': name };
        resources.set(resource, { span: open(resource, root.id, '', attributes), open: 1 });
      } else {
        known.open += 1;
      }
    }
  }

  function openAction(action: ActionId, at: string): OpenSpan {
    const { resource, stage, part } = partsOf(action);
    const above = resources.get(resource)?.span;
    if (above !== undefined) {
      above.startedAt ||= at;
    }
    const span = open(part === undefined ? stage : `${stage}:${part}`, above?.id, at, {
      'sandkiln.action': action,
      'sandkiln.stage': stage,
    });
    actions.set(action, span);
    return span;
  }

  function closeAction({ action, result, at }: Omit<EventOf<'action-finished'>, 'type'>): void {
    const span = actions.get(action) ?? openAction(action, at);
    actions.delete(action);
    Object.assign(span.attributes, resultAttributes(result));
    if (result.status === 'failed') {
      span.error = errorText(result.diagnostics[0]);
      span.events.push(...result.diagnostics.map((each) => diagnosticEvent(each, at)));
    }
    close(span, at);
    const { resource } = partsOf(action);
    const above = resources.get(resource);
    if (above !== undefined) {
      above.open -= 1;
      above.span.error ??= span.error;
      if (above.open === 0) {
        resources.delete(resource);
        close(above.span, at);
      }
    }
  }

  return {
    emit: (event) => {
      switch (event.type) {
        case 'run-started':
          openRun(event);
          return;
        case 'action-started':
          openAction(event.action, event.at);
          return;
        case 'action-finished':
          closeAction(event);
          return;
        case 'action-slow': {
          const attributes = { 'sandkiln.warn_after_ms': event.warnAfterMs };
          actions.get(event.action)?.events.push({ name: 'slow', at: event.at, attributes });
          return;
        }
        case 'diagnostic':
          root?.events.push(diagnosticEvent(event.diagnostic, event.at));
          return;
        case 'run-finished':
          if (root !== undefined) {
            root.attributes['sandkiln.outcome'] = event.outcome;
            root.error = event.outcome === 'succeeded' ? undefined : event.outcome;
          }
          return;
        case 'recorded':
          if (root !== undefined && event.commit !== undefined) {
            root.attributes['sandkiln.commit'] = event.commit;
          }
          return;
        case 'action-output':
          return;
        default:
          event satisfies never;
      }
    },
    end: (at) => {
      for (const action of [...actions.keys()]) {
        closeAction({ action, result: { status: 'cancelled' }, at });
      }
      for (const { span } of resources.values()) {
        close({ ...span, startedAt: span.startedAt || at }, at);
      }
      resources.clear();
      if (root !== undefined) {
        close(root, at);
        root = undefined;
      }
    },
  };
}

type EventOf<Type extends Event['type']> = Extract<Event, { readonly type: Type }>;

/** A span whose end is to come. */
interface OpenSpan {
  readonly id: string;
  readonly name: string;
  readonly parent: string | undefined;
  /** ISO 8601 UTC; empty before the first action of a resource. */
  startedAt: string;
  readonly attributes: Record<string, string | number | boolean>;
  readonly events: SpanEvent[];
  error: string | undefined;
}

interface ResourceSpan {
  readonly span: OpenSpan;
  /** Actions that have not ended. */
  open: number;
}

function partsOf(action: ActionId) {
  const [kind = '', name = '', ...rest] = action.split('/');
  const [stage = '', ...part] = rest.join('/').split(':');
  return {
    kind,
    name,
    resource: `${kind}/${name}`,
    stage,
    part: part.length === 0 ? undefined : part.join(':'),
  };
}
