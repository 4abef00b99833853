import { failure, type Result, success } from '../../model/result.ts';
import { parseTraceParent, type TraceParent } from './trace-parent.ts';

/** Where the spans of a run go, and what is said of where they come from. */
export interface TraceSettings {
  /** Takes OTLP requests by POST. */
  readonly endpoint: URL;
  /** By lower-case name; may hold secrets. */
  readonly headers: ReadonlyMap<string, string>;
  /** Attributes of the resource, `service.name` among them. */
  readonly resource: ReadonlyMap<string, string>;
  /** The CI job's span; absent where the run starts its own trace. */
  readonly parent: TraceParent | undefined;
  /** `tracestate` of the parent, handed on as it is. */
  readonly state: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** W3C Trace Context, section 3.3.1.5, lets no one keep less; more is left out. */
const longestStateCharacters = 512;

/**
 * Reads the variables of the OpenTelemetry specification ("Environment Variable Specification" and "OTLP Exporter
 * Configuration"): the ones for traces count before the general ones. Nothing where tracing is switched off or the
 * trace around the run is not sampled; SK9040 where a value cannot be used. Values never stand in messages: headers and
 * addresses may hold secrets.
 */
export function readTraceSettings(environment: Environment): Result<TraceSettings | undefined> {
  const isOff =
    environment['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' ||
    environment['OTEL_TRACES_EXPORTER']?.trim() === 'none';
  const parent = parseTraceParent(environment['TRACEPARENT'] ?? '');
  if (isOff || parent?.sampled === false) {
    return success(undefined);
  }
  const protocol = chosen(environment, 'PROTOCOL');
  if (protocol?.value === 'grpc') {
    return unusable(
      protocol.name,
      'it asks for gRPC',
      'set it to http/json and give the HTTP port, often 4318',
    );
  }
  const address = chosen(environment, 'ENDPOINT');
  if (address === undefined) {
    return success(undefined);
  }
  const endpoint = endpointOf(address);
  if (endpoint === undefined) {
    return unusable(
      address.name,
      'it is no address of HTTP, or holds a user name',
      'give one such as http://localhost:4318; what proves who sends goes into OTEL_EXPORTER_OTLP_HEADERS',
    );
  }
  const headers = chosen(environment, 'HEADERS');
  const headerList = parseList(headers?.value ?? '');
  if (headers !== undefined && (headerList === undefined || !areHeaders(headerList))) {
    return unusable(
      headers.name,
      'it is no list of headers',
      'write name=value,other=value with %2C for a comma',
    );
  }
  const attributes = parseList(environment['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  if (attributes === undefined) {
    return unusable(
      'OTEL_RESOURCE_ATTRIBUTES',
      'it is no list of attributes',
      'write name=value,other=value with %2C for a comma',
    );
  }
  const service = environment['OTEL_SERVICE_NAME'] || attributes.get('service.name') || 'sandkiln';
  const state = environment['TRACESTATE'];
  return success({
    endpoint,
    headers: new Map([...(headerList ?? [])].map(([name, value]) => [name.toLowerCase(), value])),
    resource: new Map([...attributes, ['service.name', service]]),
    parent,
    state: parent === undefined || state === undefined ? undefined : state.slice(0, longestStateCharacters),
  });
}

interface Variable {
  readonly name: string;
  readonly value: string;
}

/** An empty variable counts as absent, as the specification asks. */
function chosen(environment: Environment, setting: string): Variable | undefined {
  const names = [`OTEL_EXPORTER_OTLP_TRACES_${setting}`, `OTEL_EXPORTER_OTLP_${setting}`];
  for (const name of names) {
    const value = environment[name]?.trim();
    if (value) {
      return { name, value };
    }
  }
  return undefined;
}

/** The address for traces is taken as it is; the general one gets the path of traces. */
function endpointOf({ name, value }: Variable): URL | undefined {
  const url = URL.parse(value);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return undefined;
  }
  if (!name.includes('TRACES')) {
    url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  }
  return url;
}

/** `name=value,other=value`, values percent-encoded; nothing where it is malformed. */
function parseList(text: string): ReadonlyMap<string, string> | undefined {
  const list = new Map<string, string>();
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [, name = '', value = ''] = /^\s*([^=\s]+)\s*=(.*)$/s.exec(part) ?? [];
    const decoded = percentDecoded(value.trim());
    if (name === '' || decoded === undefined) {
      return undefined;
    }
    list.set(name, decoded);
  }
  return list;
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A token, and a value that no line end can break out of (RFC 9110, sections 5.1 and 5.5). */
function areHeaders(list: ReadonlyMap<string, string>): boolean {
  return [...list].every(
    ([name, value]) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value),
  );
}

function unusable(variable: string, problem: string, hint: string): Result<never> {
  return failure({
    code: 'SK9040',
    severity: 'warning',
    message: `the run is not traced, for ${variable} cannot be used: ${problem}`,
    hint,
  });
}
