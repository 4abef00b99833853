import { isJsonObject, type JsonValue } from '../../model/json.ts';
import type { Timer } from '../clock/timer.ts';
import { otlpRequest } from './otlp-request.ts';
import type { LostSpans, SendBatch } from './span-exporter.ts';
import type { TraceSettings } from './trace-settings.ts';

/** The specification's default for OTEL_EXPORTER_OTLP_TIMEOUT. */
const requestLimitMs = 10_000;

const answerLimitBytes = 64 * 1024;

/** One request of OTLP/HTTP with a JSON body (OTLP specification, "OTLP/HTTP"). Redirects are not followed: headers may hold secrets. */
export function sendOtlp(
  { endpoint, headers, ...context }: TraceSettings,
  { traceId, version, timer }: { readonly traceId: string; readonly version: string; readonly timer: Timer },
): SendBatch {
  return async (spans, signal) => {
    const limit = new AbortController();
    const handle = timer.after(requestLimitMs, () => limit.abort());
    const allLost = (reason: string): LostSpans => ({ count: spans.length, reason });
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: {
          'user-agent': `sandkiln/${version}`,
          ...Object.fromEntries(headers),
          'content-type': 'application/json',
        },
        body: otlpRequest(spans, { ...context, traceId, version }),
        redirect: 'manual',
        signal: AbortSignal.any([signal, limit.signal]),
      });
      if (response.ok) {
        return rejectedSpans(await boundedText(response));
      }
      await response.body?.cancel();
      return allLost(`the endpoint answered with status ${response.status}`);
    } catch (error) {
      const late = signal.aborted || limit.signal.aborted;
      return allLost(
        late ? 'the endpoint did not answer in time' : `the endpoint cannot be reached${causeOf(error)}`,
      );
    } finally {
      handle.cancel();
    }
  };
}

/** Empty where the answer is longer than it may be. */
async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length;
    if (sizeBytes > answerLimitBytes) {
      return '';
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** `partialSuccess` of an ExportTraceServiceResponse. */
function rejectedSpans(answer: string): LostSpans | undefined {
  const partial = parsed(answer)?.['partialSuccess'];
  const rejected = isJsonObject(partial) ? Number(partial['rejectedSpans'] ?? 0) : 0;
  return Number.isSafeInteger(rejected) && rejected > 0
    ? { count: rejected, reason: 'the endpoint rejected them' }
    : undefined;
}

function parsed(text: string) {
  try {
    const value: JsonValue = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** ` (ECONNREFUSED)`: the code of the system alone, as the message holds the address. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
}
