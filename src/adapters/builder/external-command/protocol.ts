import type { Digest } from '../../../model/digest.ts';
import type { JsonValue } from '../../../model/json.ts';
import type { LockedIndex, PackageLock } from '../../../model/package-lock.ts';
import {
  booleanShape,
  countShape,
  digestShape,
  hasShape,
  literalShape,
  mapShape,
  optional,
  patternShape,
  recordShape,
  type Shape,
  textShape,
  timeShape,
} from '../../../model/shape.ts';
import type { BuilderSpec } from '../builder.ts';

/** Raised when a request or an event means something else; docs/builders.md describes the protocol. */
export const protocolVersion = 1;

/** What a builder is asked, one JSON document on its stdin. */
export type ProtocolRequest =
  | { readonly protocol: number; readonly operation: 'describe' }
  | ({
      readonly operation: 'lock';
      /** Indexes of an earlier lock, to resolve against exactly those. */
      readonly indexes: readonly LockedIndex[] | null;
    } & WorkRequest)
  | ({
      readonly operation: 'build';
      readonly lock: PackageLock | null;
      /** Seconds since 1970. */
      readonly sourceDateEpoch: number;
    } & WorkRequest);

interface WorkRequest {
  readonly protocol: number;
  readonly spec: BuilderSpec;
  /** The builder's working folder; its outputs have to be below it. */
  readonly scratch: string;
  /** Path of the parent's normalised tar, to be read only. */
  readonly parentTree: string | null;
  /** What the lock or the indexes name and this host has. */
  readonly files: readonly { readonly digest: Digest; readonly path: string }[];
  readonly limits: {
    readonly timeoutMs: number;
    readonly cpus: number | null;
    readonly memoryBytes: number | null;
  };
}

/** What a builder tells, one JSON object a line on its stdout. */
export type ProtocolEvent =
  | { readonly type: 'log'; readonly text: string }
  | {
      readonly type: 'progress';
      readonly done: number;
      readonly total: number;
      readonly text?: string | undefined;
    }
  | DescriptionEvent
  | OutputEvent
  | { readonly type: 'finished' }
  | FailedEvent;

export interface DescriptionEvent {
  readonly type: 'description';
  readonly protocol: number;
  readonly program: string;
  readonly version: string;
  readonly locksPackages: boolean;
  readonly reproducible: boolean;
  readonly tools: Readonly<Record<string, string>>;
}

export interface OutputEvent {
  readonly type: 'output';
  /** `tree`, `lock` or `file`. */
  readonly name: 'tree' | 'lock' | 'file';
  /** Absolute, or relative to the scratch folder. */
  readonly path: string;
  readonly digest: Digest;
}

export interface FailedEvent {
  readonly type: 'failed';
  /** The builder's own name of the failure. */
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Whether the same inputs would fail again; `stalled` where it does not say. */
  readonly failure?: 'stalled' | 'transient' | 'waiting' | undefined;
  /** With `waiting`: from when on another try makes sense, ISO 8601 UTC. */
  readonly until?: string | undefined;
}

const token = patternShape(/^[A-Za-z0-9][A-Za-z0-9._+~:-]{0,99}$/, 'a word of letters, digits and ._+~:-');

const eventShapes: {
  readonly [Type in ProtocolEvent['type']]: Shape<Extract<ProtocolEvent, { type: Type }>>;
} = {
  log: recordShape({ type: literalShape('log'), text: textShape(60_000) }),
  progress: recordShape({
    type: literalShape('progress'),
    done: countShape,
    total: countShape,
    text: optional(textShape(1000)),
  }),
  description: recordShape<DescriptionEvent>({
    type: literalShape('description'),
    protocol: countShape,
    program: token,
    version: token,
    locksPackages: booleanShape,
    reproducible: booleanShape,
    tools: mapShape(token, 100),
  }),
  output: recordShape<OutputEvent>({
    type: literalShape('output'),
    name: literalShape('tree', 'lock', 'file'),
    path: patternShape(/^[^\0]{1,4000}$/, 'a path'),
    digest: digestShape,
  }),
  finished: recordShape({ type: literalShape('finished') }),
  failed: recordShape<FailedEvent>({
    type: literalShape('failed'),
    code: token,
    message: textShape(2000),
    hint: textShape(1000),
    failure: optional(literalShape('stalled', 'transient', 'waiting')),
    until: optional(timeShape),
  }),
};

const anyEventShape = recordShape({ type: textShape(100), optional: optional(booleanShape) });

/**
 * The event that a line stands for; nothing for an unknown one that says that it is optional. A text says what is
 * wrong with the line.
 */
export function parseEvent(line: string): ProtocolEvent | undefined | string {
  let value: JsonValue;
  try {
    value = parseJson(line);
  } catch {
    return 'it is not JSON';
  }
  if (!hasShape(anyEventShape, value)) {
    return 'it has no type';
  }
  const shape = shapeOf(value.type);
  if (shape === undefined) {
    return value.optional === true ? undefined : `the type ${JSON.stringify(value.type)} is not known`;
  }
  const problem = shape.problem(value, '');
  return problem === undefined && hasShape(shape, value)
    ? value
    : `${problem?.pointer || 'it'} is not ${problem?.expected}`;
}

/** JSON whose texts can stand in records: half of a surrogate pair becomes U+FFFD. Throws where it is no JSON. */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text, (_key, value) => (typeof value === 'string' ? value.toWellFormed() : value));
}

function shapeOf(type: string): Shape<ProtocolEvent> | undefined {
  const shapes = new Map<string, Shape<ProtocolEvent>>(Object.entries(eventShapes));
  return shapes.get(type);
}
