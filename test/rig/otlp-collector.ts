import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Ajv } from 'ajv';

export interface CollectedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  /** Attributes with their values without the type around them. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly eventNames: readonly string[];
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface CollectedRequest {
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly spans: readonly CollectedSpan[];
  /** What breaks the shape of an ExportTraceServiceRequest; empty where nothing does. */
  readonly problems: readonly string[];
}

/** A server that takes OTLP/HTTP JSON, as a collector does. */
export interface OtlpCollector extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly requests: readonly CollectedRequest[];
  /** Spans of all requests. */
  spans(): readonly CollectedSpan[];
  /** Settles when the next request has come whole. */
  nextRequest(): Promise<void>;
}

export type Answer = (response: ServerResponse) => void;

export const accept: Answer = (response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end('{"partialSuccess":{}}');

/** Takes the request and never answers. */
export const hang: Answer = () => {};

/** Closes the connection instead of an answer. */
export const cut: Answer = (response) => void response.destroy();

export function answerWith(
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return (response) => void response.writeHead(status, headers).end(body);
}

export async function startOtlpCollector(answer: Answer = accept): Promise<OtlpCollector> {
  const requests: CollectedRequest[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      const body: OtlpBody = JSON.parse(Buffer.concat(chunks).toString('utf8'));
      requests.push({
        method: request.method,
        path: request.url,
        headers: request.headers,
        resource: valuesOf(body.resourceSpans[0]?.resource.attributes ?? []),
        spans: body.resourceSpans.flatMap(({ scopeSpans }) =>
          scopeSpans.flatMap(({ spans }) => spans.map(collected)),
        ),
        problems: problemsOf(body),
      });
      answer(response);
      for (const settle of waiting.splice(0)) {
        settle();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    spans: () => requests.flatMap(({ spans }) => spans),
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string; readonly boolValue?: boolean };
}

type OtlpSpan = Omit<CollectedSpan, 'values' | 'eventNames'> & {
  readonly attributes: readonly KeyValue[];
  readonly events: readonly { readonly name: string }[];
};

interface OtlpBody {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

function collected({ attributes, events, ...span }: OtlpSpan): CollectedSpan {
  return { ...span, values: valuesOf(attributes), eventNames: events.map(({ name }) => name) };
}

function valuesOf(attributes: readonly KeyValue[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.intValue === undefined ? (value.stringValue ?? value.boolValue) : Number(value.intValue),
    ]),
  );
}

function problemsOf(body: unknown): readonly string[] {
  const validate = new Ajv({ allErrors: true }).compile(requestSchema);
  validate(body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function closed(properties: Readonly<Record<string, unknown>>, required: readonly string[]) {
  return { type: 'object', properties, required, additionalProperties: false };
}

const uint64 = { type: 'string', pattern: '^(0|[1-9][0-9]{0,19})$' };
const nanoseconds = { type: 'string', pattern: '^1[0-9]{18}$' };
const text = { type: 'string' };
const listOf = (items: unknown) => ({ type: 'array', items });
const anyValue = {
  oneOf: [
    closed({ stringValue: text }, ['stringValue']),
    closed({ boolValue: { type: 'boolean' } }, ['boolValue']),
    closed({ intValue: { type: 'string', pattern: '^-?[0-9]{1,19}$' } }, ['intValue']),
    closed({ doubleValue: { type: 'number' } }, ['doubleValue']),
  ],
};
const keyValue = closed({ key: { type: 'string', minLength: 1 }, value: anyValue }, ['key', 'value']);
const counts = { droppedAttributesCount: { type: 'integer', minimum: 0 } };
const traceId = { type: 'string', pattern: '^(?!0{32})[0-9a-f]{32}$' };
const spanId = { type: 'string', pattern: '^(?!0{16})[0-9a-f]{16}$' };
const event = closed({ timeUnixNano: nanoseconds, name: text, attributes: listOf(keyValue), ...counts }, [
  'timeUnixNano',
  'name',
]);

/** opentelemetry/proto/trace/v1/trace.proto in its JSON form: unknown fields would be legal, and are mistakes here. */
const span = closed(
  {
    traceId,
    spanId,
    traceState: text,
    parentSpanId: spanId,
    flags: { type: 'integer' },
    name: { type: 'string', minLength: 1 },
    kind: { type: 'integer', minimum: 0, maximum: 5 },
    startTimeUnixNano: nanoseconds,
    endTimeUnixNano: nanoseconds,
    attributes: listOf(keyValue),
    events: listOf(event),
    status: closed({ code: { type: 'integer', minimum: 0, maximum: 2 }, message: text }, []),
    droppedEventsCount: uint64,
    ...counts,
  },
  ['traceId', 'spanId', 'name', 'startTimeUnixNano', 'endTimeUnixNano'],
);

const requestSchema = closed(
  {
    resourceSpans: listOf(
      closed(
        {
          resource: closed({ attributes: listOf(keyValue), ...counts }, ['attributes']),
          scopeSpans: listOf(
            closed(
              {
                scope: closed({ name: text, version: text, attributes: listOf(keyValue), ...counts }, [
                  'name',
                ]),
                spans: { type: 'array', items: span, minItems: 1 },
                schemaUrl: text,
              },
              ['scope', 'spans'],
            ),
          ),
          schemaUrl: text,
        },
        ['resource', 'scopeSpans'],
      ),
    ),
  },
  ['resourceSpans'],
);
