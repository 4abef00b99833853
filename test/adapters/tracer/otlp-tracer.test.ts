import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createOtlpTracer } from '../../../src/adapters/tracer/create-otlp-tracer.ts';
import { endLimitMs, type RunTracer } from '../../../src/adapters/tracer/tracer.ts';
import type { ActionResult } from '../../../src/model/action.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { Emit } from '../../../src/model/event.ts';
import { createTestTimer, idOf, type TestTimer } from '../../rig/execution.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { answerWith, type CollectedSpan, cut, hang, startOtlpCollector } from '../../rig/otlp-collector.ts';

const run = '20261120T230000Z-1a2b3c4d';
const at = (seconds: number) => new Date(Date.parse('2026-11-20T23:00:00Z') + seconds * 1000).toISOString();
const key = digestOfBytes('key');

function tracerTo(
  endpoint: string,
  {
    timer = createTestTimer(),
    more = {},
  }: { readonly timer?: TestTimer; readonly more?: Readonly<Record<string, string>> } = {},
): RunTracer {
  const tracer = expectValue(
    createOtlpTracer({
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...more },
      version: '1.2.3',
      command: 'build',
      clock: { now: () => new Date(at(100)) },
      timer,
    }),
  );
  if (tracer === undefined) {
    throw new Error('the run is not traced');
  }
  return tracer;
}

function succeeded(from: number, to: number, cached = false): ActionResult {
  return {
    status: 'succeeded',
    cached,
    key,
    output: { blobs: {}, data: {} },
    tools: {},
    startedAt: at(from),
    finishedAt: at(to),
  };
}

/** Two resources: one goes well, and of the other an action fails and another is skipped. */
function tellRun(emit: Emit): void {
  const [lock, pack, late, skipped] = ['base/lock', 'base/pack', 'web/lock', 'web/pack'].map(idOf);
  if (lock === undefined || pack === undefined || late === undefined || skipped === undefined) {
    throw new Error('an action is missing');
  }
  emit({ type: 'run-started', run, at: at(0), actions: [lock, pack, late, skipped] });
  emit({ type: 'action-started', at: at(1), action: lock });
  emit({ type: 'action-output', at: at(1), action: lock, line: 'hello' });
  emit({ type: 'action-finished', at: at(3), action: lock, result: succeeded(1, 3) });
  emit({ type: 'action-started', at: at(3), action: pack });
  emit({ type: 'action-finished', at: at(3), action: pack, result: succeeded(-90, -80, true) });
  emit({ type: 'action-started', at: at(4), action: late });
  emit({ type: 'action-slow', at: at(10), action: late, warnAfterMs: 6000 });
  emit({
    type: 'action-finished',
    at: at(20),
    action: late,
    result: {
      status: 'failed',
      key,
      tools: {},
      startedAt: at(4),
      finishedAt: at(20),
      diagnostics: [{ code: 'SK3011', severity: 'error', message: 'lock took too long', hint: 'raise it' }],
    },
  });
  emit({
    type: 'action-finished',
    at: at(20),
    action: skipped,
    result: { status: 'skipped', because: late },
  });
  emit({
    type: 'diagnostic',
    at: at(20),
    diagnostic: { code: 'SK3020', severity: 'warning', message: 'row', hint: 'space' },
  });
  emit({ type: 'run-finished', at: at(21), run, outcome: 'partial' });
  emit({ type: 'recorded', at: at(30), run, commit: 'c0ffee', images: ['base'], allowLists: [] });
}

/** Names from the root down, as `reconcile > resource > action`. */
function paths(spans: readonly CollectedSpan[]): readonly string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: CollectedSpan): string => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
  };
  return spans.map(pathOf).sort();
}

const seconds = ({ startTimeUnixNano, endTimeUnixNano }: CollectedSpan) =>
  [startTimeUnixNano, endTimeUnixNano].map(
    (time) => (Number(BigInt(time) / 1_000_000n) - Date.parse(at(0))) / 1000,
  );

/** A port that nobody listens on. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the trace of a run', () => {
  it('has one root, a span for each resource below it and one for each action below that', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo(collector.endpoint);
    tellRun(tracer.emit);
    expect(await tracer.end()).toEqual([]);
    expect(collector.requests).toMatchObject([
      { method: 'POST', path: '/v1/traces', problems: [], headers: { 'content-type': 'application/json' } },
    ]);
    const spans = collector.spans();
    expect(paths(spans)).toEqual([
      'build',
      'build > SandboxImageSpec/base',
      'build > SandboxImageSpec/base > work:lock',
      'build > SandboxImageSpec/base > work:pack',
      'build > SandboxImageSpec/web',
      'build > SandboxImageSpec/web > work:lock',
      'build > SandboxImageSpec/web > work:pack',
    ]);
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([tracer.traceId]));
    expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
    const named = (name: string) => spans.find((span) => span.values['sandkiln.action'] === idOf(name));
    expect(named('base/lock')).toMatchObject({
      values: {
        'sandkiln.stage': 'work',
        'sandkiln.status': 'succeeded',
        'sandkiln.cached': false,
        'sandkiln.key': key,
      },
      status: {},
    });
    expect(named('base/pack')).toMatchObject({ values: { 'sandkiln.cached': true } });
    expect(named('web/lock')).toMatchObject({
      values: { 'sandkiln.status': 'failed', 'error.type': 'SK3011', 'sandkiln.key': key },
      eventNames: ['slow', 'diagnostic'],
      status: { code: 2, message: 'SK3011 lock took too long' },
    });
    expect(named('web/pack')).toMatchObject({
      values: { 'sandkiln.status': 'skipped', 'sandkiln.because': idOf('web/lock') },
    });
    const root = spans.find(({ name }) => name === 'build');
    expect(root).toMatchObject({
      values: {
        'sandkiln.run': run,
        'sandkiln.actions': 4,
        'sandkiln.outcome': 'partial',
        'sandkiln.commit': 'c0ffee',
      },
      eventNames: ['diagnostic'],
      status: { code: 2, message: 'partial' },
    });
    expect(root?.parentSpanId).toBeUndefined();
    const timesOf = (name: string) => spans.filter((span) => span.name === name).map(seconds);
    expect(timesOf('build')).toEqual([[0, 100]]);
    expect(timesOf('SandboxImageSpec/base')).toEqual([[1, 3]]);
    expect(timesOf('SandboxImageSpec/web')).toEqual([[4, 20]]);
    expect(timesOf('work:pack')).toEqual([
      [3, 3],
      [20, 20],
    ]);
  });

  it('ends what a run left open', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo(collector.endpoint);
    tracer.emit({ type: 'run-started', run, at: at(0), actions: [idOf('base/lock'), idOf('base/pack')] });
    tracer.emit({ type: 'action-started', at: at(1), action: idOf('base/lock') });
    expect(await tracer.end()).toEqual([]);
    expect(collector.requests.flatMap(({ problems }) => problems)).toEqual([]);
    expect(paths(collector.spans())).toEqual([
      'build',
      'build > SandboxImageSpec/base',
      'build > SandboxImageSpec/base > work:lock',
    ]);
  });

  it('is sent in batches while the run goes on', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo(collector.endpoint);
    const actions = Array.from({ length: 2000 }, (_, index) => idOf(`image-${index}/lock`));
    const came = collector.nextRequest();
    tracer.emit({ type: 'run-started', run, at: at(0), actions });
    for (const action of actions) {
      tracer.emit({ type: 'action-started', at: at(1), action });
      tracer.emit({ type: 'action-finished', at: at(2), action, result: succeeded(1, 2) });
    }
    await came;
    expect(await tracer.end()).toEqual([]);
    expect(collector.requests.length).toBeGreaterThan(4);
    expect(collector.requests.flatMap(({ problems }) => problems)).toEqual([]);
    expect(collector.spans()).toHaveLength(4001);
  });

  it('is sent after five seconds where there is little of it', async () => {
    await using collector = await startOtlpCollector();
    const timer = createTestTimer();
    const tracer = tracerTo(collector.endpoint, { timer });
    tracer.emit({ type: 'run-started', run, at: at(0), actions: [idOf('base/lock'), idOf('base/pack')] });
    tracer.emit({ type: 'action-finished', at: at(2), action: idOf('base/lock'), result: succeeded(1, 2) });
    const came = collector.nextRequest();
    timer.advance(5000);
    await came;
    expect(collector.spans().map(({ name }) => name)).toEqual(['work:lock']);
    expect(await tracer.end()).toEqual([]);
  });
});

describe('the variables of OpenTelemetry', () => {
  it('name the service, its attributes, the headers and the path', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo(`${collector.endpoint}/otlp/`, {
      more: {
        OTEL_SERVICE_NAME: 'images',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=lab%2C1,service.name=other',
        OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20abc, x-scope=7',
      },
    });
    tellRun(tracer.emit);
    await tracer.end();
    expect(collector.requests).toMatchObject([
      {
        path: '/otlp/v1/traces',
        headers: { authorization: 'Bearer abc', 'x-scope': '7' },
        resource: {
          'service.name': 'images',
          'service.version': '1.2.3',
          'deployment.environment.name': 'lab,1',
        },
      },
    ]);
  });

  it('for traces count before the general ones, and their address is taken as it is', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo('http://127.0.0.1:1', {
      more: {
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.endpoint}/here`,
        OTEL_EXPORTER_OTLP_HEADERS: 'a=1',
        OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2',
      },
    });
    tellRun(tracer.emit);
    expect(await tracer.end()).toEqual([]);
    expect(collector.requests).toMatchObject([
      { path: '/here', headers: { b: '2' }, resource: { 'service.name': 'sandkiln' } },
    ]);
    expect(collector.requests[0]?.headers).not.toHaveProperty('a');
  });

  it('put the run below the span of a CI job', async () => {
    await using collector = await startOtlpCollector();
    const tracer = tracerTo(collector.endpoint, {
      more: {
        TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        TRACESTATE: 'vendor=1',
      },
    });
    tellRun(tracer.emit);
    await tracer.end();
    expect(tracer.traceId).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const root = collector.spans().find(({ name }) => name === 'build');
    expect(root).toMatchObject({
      traceId: tracer.traceId,
      parentSpanId: '00f067aa0ba902b7',
      traceState: 'vendor=1',
    });
    expect(collector.requests.flatMap(({ problems }) => problems)).toEqual([]);
  });

  it.each([
    ['4bf92f3577b34da6a3ce929d0e0e4736'],
    ['00-00000000000000000000000000000000-00f067aa0ba902b7-01'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01'],
    ['ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
    ['00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01'],
    ['00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more'],
  ])('start a trace of its own where TRACEPARENT is malformed: %s', (parent) => {
    const { traceId } = tracerTo('http://127.0.0.1:1', { more: { TRACEPARENT: parent } });
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traceId).not.toBe('4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it.each([
    ['no address', {}],
    ['an empty address', { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }],
    ['OTEL_SDK_DISABLED', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'true' }],
    ['OTEL_TRACES_EXPORTER', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_TRACES_EXPORTER: 'none' }],
    [
      'a parent that is not sampled',
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x',
        TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00',
      },
    ],
  ])('switch tracing off: %s', (_what, environment) => {
    const clock = { now: () => new Date() };
    expect(
      expectValue(
        createOtlpTracer({ environment, version: '1', command: 'build', clock, timer: createTestTimer() }),
      ),
    ).toBeUndefined();
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'secret:4318' }],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:secret@x' }],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_HEADERS: 'secret' },
    ],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%0d%0ab: c' },
    ],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_HEADERS: 'a=secret%' },
    ],
    [
      'OTEL_RESOURCE_ATTRIBUTES',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_RESOURCE_ATTRIBUTES: 'secret' },
    ],
    [
      'OTEL_EXPORTER_OTLP_PROTOCOL',
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    ],
  ])('that cannot be used are a warning without the value: %s', (variable, environment) => {
    const clock = { now: () => new Date() };
    const made = createOtlpTracer({
      environment,
      version: '1',
      command: 'build',
      clock,
      timer: createTestTimer(),
    });
    expect(made).toMatchObject({ ok: false, diagnostics: [{ code: 'SK9040', severity: 'warning' }] });
    const said = JSON.stringify(made);
    expect(said).toContain(variable);
    expect(said).not.toContain('secret');
  });
});

describe('an endpoint that fails', () => {
  it.each([
    ['answers 500', answerWith(500, 'no'), 'status 500'],
    ['answers 404', answerWith(404), 'status 404'],
    ['sends elsewhere', answerWith(307, '', { location: 'http://127.0.0.1:1/' }), 'status 307'],
    [
      'rejects some',
      answerWith(200, '{"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}}'),
      '3 spans',
    ],
    ['closes the connection', cut, 'cannot be reached'],
  ] as const)('costs a warning and no more: %s', async (_what, answer, says) => {
    await using collector = await startOtlpCollector(answer);
    const tracer = tracerTo(collector.endpoint);
    tellRun(tracer.emit);
    const warnings = await tracer.end();
    expect(warnings).toMatchObject([{ code: 'SK9041', severity: 'warning' }]);
    expect(warnings[0]?.message).toContain(says);
    expect(warnings[0]?.message).toContain(tracer.traceId);
  });

  it('takes an answer of any size and form for success', async () => {
    for (const body of [
      '',
      'x'.repeat(1_000_000),
      '[]',
      '{"partialSuccess":null}',
      '{"partialSuccess":{"rejectedSpans":"x"}}',
    ]) {
      await using collector = await startOtlpCollector(answerWith(200, body));
      const tracer = tracerTo(collector.endpoint);
      tellRun(tracer.emit);
      expect(await tracer.end()).toEqual([]);
    }
  });

  it('costs a warning where nobody listens', async () => {
    const tracer = tracerTo(`http://127.0.0.1:${await closedPort()}`);
    tellRun(tracer.emit);
    expect(await tracer.end()).toMatchObject([
      {
        code: 'SK9041',
        message: expect.stringContaining('7 spans'),
        hint: expect.stringContaining('complete'),
      },
    ]);
  });

  it('is given up two seconds after the run where it hangs', async () => {
    await using collector = await startOtlpCollector(hang);
    const timer = createTestTimer();
    const tracer = tracerTo(collector.endpoint, { timer });
    tellRun(tracer.emit);
    const came = collector.nextRequest();
    const ended = tracer.end();
    await came;
    timer.advance(endLimitMs - 1);
    await expect(Promise.race([ended, nextTurn()])).resolves.toBe('still open');
    timer.advance(1);
    expect(await ended).toMatchObject([{ code: 'SK9041', message: expect.stringContaining('in time') }]);
    expect(endLimitMs).toBe(2000);
  });

  it('holds no run up while it hangs, and lets no more than so many spans wait', async () => {
    await using collector = await startOtlpCollector(hang);
    const timer = createTestTimer();
    const tracer = tracerTo(collector.endpoint, { timer });
    const actions = Array.from({ length: 20_000 }, (_, index) => idOf(`base/part-${index}`));
    const came = collector.nextRequest();
    tracer.emit({ type: 'run-started', run, at: at(0), actions });
    for (const action of actions) {
      tracer.emit({ type: 'action-finished', at: at(2), action, result: succeeded(1, 2) });
    }
    await came;
    const ended = tracer.end();
    timer.advance(endLimitMs);
    expect((await ended)[0]?.message).toContain('20002 spans');
  });
});

/** Settles after what is due now, network included, has had its turn. */
function nextTurn(): Promise<string> {
  return new Promise((resolve) => setImmediate(() => setImmediate(() => resolve('still open'))));
}
