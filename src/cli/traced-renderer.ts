import { type BuildEngine, openTracer } from '../compose.ts';
import type { Event } from '../model/event.ts';
import type { EventRenderer } from './render/event-renderer.ts';
import { engineVersion } from './version.ts';

/** A renderer whose events are traced as well. */
export interface TracedRenderer extends EventRenderer {
  /** Sends the rest of the trace, after the last event; shows what got lost. */
  close(): Promise<void>;
}

/** Traces what a renderer shows where the environment asks for it; its first event then names the trace. */
export async function tracedRenderer(
  renderer: EventRenderer,
  environment: Readonly<Record<string, string | undefined>>,
  { clock, timer, command }: Pick<BuildEngine, 'clock' | 'timer'> & { readonly command: string },
): Promise<TracedRenderer> {
  const opened = await openTracer(environment, {
    version: engineVersion(),
    command,
    clock,
    timer,
  });
  const tracer = opened.ok ? opened.value : undefined;
  const warn = (diagnostic: Extract<Event, { readonly type: 'diagnostic' }>['diagnostic']) =>
    renderer.emit({ type: 'diagnostic', at: clock.now().toISOString(), diagnostic });
  for (const diagnostic of opened.ok ? [] : opened.diagnostics) {
    warn(diagnostic);
  }
  return {
    emit: (event) => {
      renderer.emit(
        event.type === 'run-started' && tracer !== undefined ? { ...event, trace: tracer.traceId } : event,
      );
      tracer?.emit(event);
    },
    end: () => renderer.end(),
    close: async () => {
      for (const diagnostic of (await tracer?.end()) ?? []) {
        warn(diagnostic);
      }
    },
  };
}
