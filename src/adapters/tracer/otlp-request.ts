import type { Attributes, Span } from './span.ts';
import type { TraceSettings } from './trace-settings.ts';

/** Longer values are cut: what a span says must not grow with what a tool printed. */
const longestValueCharacters = 4096;

const kindInternal = 1;
const statusError = 2;

/**
 * An ExportTraceServiceRequest in the JSON form of OTLP 1.x ("JSON Protobuf Encoding"): ids in hexadecimal, 64-bit
 * numbers as decimal text, enumerations as numbers.
 */
export function otlpRequest(
  spans: readonly Span[],
  context: Pick<TraceSettings, 'resource' | 'state'> & { readonly traceId: string; readonly version: string },
): string {
  const { traceId, state, resource, version } = context;
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: keyValues({ ...Object.fromEntries(resource), 'service.version': version }) },
        scopeSpans: [
          {
            scope: { name: 'sandkiln', version },
            spans: spans.map((span) => ({
              traceId,
              spanId: span.id,
              ...(state === undefined ? {} : { traceState: state }),
              ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
              name: bounded(span.name),
              kind: kindInternal,
              startTimeUnixNano: unixNano(span.startedAt),
              endTimeUnixNano: unixNano(span.endedAt),
              attributes: keyValues(span.attributes),
              events: span.events.map((event) => ({
                timeUnixNano: unixNano(event.at),
                name: bounded(event.name),
                attributes: keyValues(event.attributes),
              })),
              status: span.error === undefined ? {} : { code: statusError, message: bounded(span.error) },
            })),
          },
        ],
      },
    ],
  });
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean) {
  switch (typeof value) {
    case 'string':
      return { stringValue: bounded(value) };
    case 'number':
      return { intValue: `${value}` };
    case 'boolean':
      return { boolValue: value };
  }
}

function bounded(text: string): string {
  return text.slice(0, longestValueCharacters).toWellFormed();
}

function unixNano(time: string): string {
  return `${BigInt(Date.parse(time)) * 1_000_000n}`;
}
