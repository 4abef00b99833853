import { describe, expect, it } from 'vitest';
import { startCollectorThread } from '../rig/collector-thread.ts';
import { createQuickProgram, quickImageText } from '../rig/quick-images.ts';

const files = {
  'specs/images/base.yaml': quickImageText('base'),
  'specs/images/web.yaml': quickImageText('web', 'from: base'),
};

interface GraphJson {
  readonly actions: readonly {
    readonly id: string;
    readonly expectedMs: number;
    readonly needs: readonly string[];
  }[];
  readonly criticalPath: readonly string[];
  readonly criticalMs: number;
}

interface TimelineJson {
  readonly run: {
    readonly id: string;
    readonly images: readonly {
      readonly actions: readonly { readonly id: string; readonly durationMs: number }[];
    }[];
  };
  readonly criticalPath: readonly string[];
}

describe('a reconcile that is traced', () => {
  it('sends a trace whose id stands in its first event, as a part of the trace of the CI job', async () => {
    await using collector = await startCollectorThread();
    const sandkiln = createQuickProgram(files);
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      TRACEPARENT: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    };
    const ended = sandkiln.runWith({ environment }, 'reconcile', '--output', 'json');
    expect(ended.exitCode, ended.stderr).toBe(0);
    const [started]: { readonly trace?: string }[] = ended.stdout
      .split('\n')
      .slice(0, 1)
      .map((line) => JSON.parse(line));
    expect(started?.trace).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    const requests = await collector.requests();
    expect(requests.flatMap(({ problems }) => problems)).toEqual([]);
    const spans = requests.flatMap((request) => request.spans);
    const root = spans.find(({ name }) => name === 'reconcile');
    expect(root).toMatchObject({ traceId: started?.trace, parentSpanId: '00f067aa0ba902b7', status: {} });
    expect(root?.values['sandkiln.commit']).toBe(sandkiln.repository.git('rev-parse', 'HEAD').trim());
    const actions = spans.filter(({ values }) => values['sandkiln.action'] !== undefined);
    expect(root?.values['sandkiln.actions']).toBe(actions.length);
    const resources = spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
    expect(resources.map(({ name }) => name).sort()).toEqual([
      'SandboxImageSpec/base',
      'SandboxImageSpec/web',
    ]);
  });

  it.each(['hang', 'refuse'] as const)('ends well where the endpoint does not: %s', async (answer) => {
    await using collector = await startCollectorThread(answer);
    const sandkiln = createQuickProgram(files);
    const ended = sandkiln.runWith(
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } },
      'reconcile',
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('warning SK9041');
    expect(ended.stderr).toMatch(/; trace [0-9a-f]{32}$/m);
    expect(sandkiln.run('verify').exitCode).toBe(0);
  });

  it('is told where a variable cannot be used, and ends well', () => {
    const sandkiln = createQuickProgram(files);
    const ended = sandkiln.runWith(
      { environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' } },
      'reconcile',
    );
    expect(ended.exitCode, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('warning SK9040');
    expect(ended.stderr).not.toContain('; trace ');
  });
});

describe('after a run', () => {
  it('graph and time line show how long its actions took', () => {
    const sandkiln = createQuickProgram(files);
    expect(sandkiln.run('logs', '--timeline').stderr).toContain('SK9025');
    const before: GraphJson = JSON.parse(sandkiln.run('graph', '--output', 'json').stdout);
    expect(sandkiln.run('graph').stdout).toMatch(/^\* bootstrap +~20 s /m);
    expect(sandkiln.run('reconcile').exitCode).toBe(0);

    const timeline: TimelineJson = JSON.parse(sandkiln.run('logs', '--timeline', '--output', 'json').stdout);
    const took = new Map(
      timeline.run.images.flatMap(({ actions }) => actions.map(({ id, durationMs }) => [id, durationMs])),
    );
    const after: GraphJson = JSON.parse(sandkiln.run('graph', '--all', '--output', 'json').stdout);
    expect(after.actions.map(({ id }) => id)).toEqual(before.actions.map(({ id }) => id));
    expect(after.actions.map(({ id, expectedMs }) => [id, expectedMs])).toEqual([...took]);
    expect(after.criticalMs).toBe(after.criticalPath.reduce((sum, id) => sum + (took.get(id) ?? 0), 0));
    expect(after.criticalPath.at(-1)).toBe('SandboxImageSpec/web/publish');
    expect(sandkiln.run('graph').stdout).toBe('nothing to do\n');

    const named = sandkiln.run('logs', '--timeline', timeline.run.id);
    expect(named.stdout).toContain(`run ${timeline.run.id} succeeded`);
    expect(sandkiln.run('logs', '--timeline').stdout).toBe(named.stdout);
    expect(sandkiln.run('logs', '--timeline', '--run', timeline.run.id).stdout).toBe(named.stdout);
    const trace: { readonly traceEvents: readonly { readonly ph: string }[] } = JSON.parse(
      sandkiln.run('logs', '--timeline', '--format', 'chrome-trace').stdout,
    );
    expect(trace.traceEvents.filter(({ ph }) => ph === 'X')).toHaveLength(took.size);
    expect(sandkiln.run('logs', '--timeline', '20200101T000000Z-00000000').stderr).toContain('SK9025');
  });

  it.each([
    [['logs'], 'takes NAME | --timeline [RUN]'],
    [['logs', 'base', '--format', 'text'], 'add --timeline'],
    [['logs', '--timeline', '--stage', 'lock'], '--stage chooses logs'],
    [['logs', '--timeline', 'a', '--run', 'b'], 'both name a run'],
    [['logs', '--timeline', '--format', 'svg'], 'not one of text, chrome-trace'],
    [['logs', '--timeline', '--format', 'chrome-trace', '--output', 'json'], 'leave --output json out'],
    [['graph', '--format', 'png'], 'not one of text, dot, mermaid, svg'],
  ])('%s is refused', (words, says) => {
    const { exitCode, stdout, stderr } = createQuickProgram(files).run(...words);
    expect(stderr).toContain(says);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  });
});
