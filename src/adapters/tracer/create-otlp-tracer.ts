import { randomBytes } from 'node:crypto';
import { type Result, success } from '../../model/result.ts';
import type { Clock } from '../clock/clock.ts';
import type { Timer } from '../clock/timer.ts';
import { createRunSpans } from './run-spans.ts';
import { sendOtlp } from './send-otlp.ts';
import { createSpanExporter } from './span-exporter.ts';
import { readTraceSettings } from './trace-settings.ts';
import type { RunTracer } from './tracer.ts';

/**
 * Traces a run to the OTLP/HTTP endpoint that the environment names. Nothing where it names none or tracing is off;
 * SK9040 (a warning) where its variables cannot be used.
 */
export function createOtlpTracer(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Version of this program, for `service.version`. */
  readonly version: string;
  /** The command that runs: the name of the root span. */
  readonly command: string;
  readonly clock: Clock;
  readonly timer: Timer;
}): Result<RunTracer | undefined> {
  const { environment, version, command, clock, timer } = options;
  const settings = readTraceSettings(environment);
  if (!settings.ok || settings.value === undefined) {
    return settings.ok ? success(undefined) : settings;
  }
  const { parent } = settings.value;
  const traceId = parent?.traceId ?? randomId(16);
  const exporter = createSpanExporter(sendOtlp(settings.value, { traceId, version, timer }), timer);
  const spans = createRunSpans({
    command,
    parent: parent?.spanId,
    newSpanId: () => randomId(8),
    ended: exporter.add,
  });
  return success({
    traceId,
    emit: spans.emit,
    end: async () => {
      spans.end(clock.now().toISOString());
      const lost = await exporter.end();
      return lost === undefined
        ? []
        : [
            {
              code: 'SK9041',
              severity: 'warning',
              message: `${lost.count} spans of trace ${traceId} got lost: ${lost.reason}`,
              hint: 'the run itself is complete; look at OTEL_EXPORTER_OTLP_ENDPOINT and at what listens there',
            },
          ];
    },
  });
}

/** Hexadecimal; all zeros, which the specification forbids, is as likely as guessing a key. */
function randomId(bytes: 8 | 16): string {
  return randomBytes(bytes).toString('hex');
}
