import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { createQuickProgram, quickImageText } from '../rig/quick-images.ts';

const page = readFileSync(new URL('../../docs/observability.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) => parsed(text));

/** Objects whose keys are names and no fields. */
const maps = /\.(?:tools|blobs|data)$/;

const base = 'specs/images/base.yaml';
const files = {
  [base]: quickImageText('base', 'packages: [tool]'),
  'specs/images/web.yaml': quickImageText('web', 'from: base'),
};

function parsed(text: string): JsonObject {
  const value: JsonValue = JSON.parse(text);
  if (!isJsonObject(value)) {
    throw new Error(`no object: ${text}`);
  }
  return value;
}

function linesOf(stdout: string): readonly JsonObject[] {
  return stdout.split('\n').flatMap((line) => (line === '' ? [] : [parsed(line)]));
}

/** `action-finished skipped`, `run-started`: what an example stands for. */
function formOf(event: JsonObject): string {
  const result = event['result'];
  const status = isJsonObject(result) ? ` ${String(result['status'])}` : '';
  return `${String(event['type'] ?? 'findings')}${status}`;
}

/** Every field with its type, as `result.tools: object`. */
function fieldsOf(value: JsonValue, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    return [`${path}: array`, ...value.flatMap((item) => fieldsOf(item, `${path}[]`))];
  }
  if (isJsonObject(value)) {
    const below = maps.test(path)
      ? []
      : Object.entries(value).flatMap(([key, item]) => fieldsOf(item, `${path}.${key}`));
    return [`${path}: object`, ...below];
  }
  return [`${path}: ${value === null ? 'null' : typeof value}`];
}

type Fields = ReadonlyMap<string, ReadonlySet<string>>;

function fieldsByForm(events: readonly JsonObject[]): Fields {
  const groups = Map.groupBy(events, formOf);
  return new Map(
    [...groups].map(([form, group]) => [form, new Set(group.flatMap((event) => fieldsOf(event)))]),
  );
}

/** What the program writes in a life of two images: built, failed too late, repaired with equal bytes, superseded, refused. */
async function streams(): Promise<readonly JsonObject[]> {
  const sandkiln = createQuickProgram(files);
  const reconcile = (environment: Readonly<Record<string, string>> = {}) =>
    linesOf(sandkiln.runWith({ environment }, 'reconcile', '--output', 'json').stdout);
  const events = [...reconcile(), ...reconcile()];

  // The parent's spec is another one, and its bytes are the same.
  sandkiln.repository.commit('with limits', {
    [base]: quickImageText('base', 'packages: [tool]', 'limits: {memory: 1GiB}'),
  });
  events.push(...reconcile());

  sandkiln.behave({ behaviour: 'hang' });
  sandkiln.repository.commit('too slow', {
    [base]: quickImageText('base', 'packages: [curl]', 'limits: {warnAfter: 1s, stopAfter: 2s}'),
  });
  events.push(...reconcile({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }));

  sandkiln.repository.commit('interrupted', { [base]: quickImageText('base', 'packages: [jq]') });
  /** Does something to a run as soon as its builder hangs. */
  async function meddledWith(meddle: (run: ChildProcess) => void): Promise<readonly JsonObject[]> {
    const run = sandkiln.start('reconcile', '--output', 'json', '--look-every', '1s');
    let stdout = '';
    run.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const before = stdout.includes('waiting for nothing');
      stdout += text;
      if (!before && stdout.includes('waiting for nothing')) {
        meddle(run);
      }
    });
    await once(run, 'close');
    return linesOf(stdout);
  }
  events.push(...(await meddledWith((run) => run.kill('SIGINT'))));
  const newer = { [base]: quickImageText('base', 'packages: [tool]') };
  events.push(...(await meddledWith(() => void sandkiln.repository.commit('newer', newer))));

  sandkiln.repository.commit('broken', { [base]: 'x: 1' });
  return [...events, ...reconcile()];
}

test('the events in the documentation are those that a run writes, with their fields and no others', async () => {
  const told = fieldsByForm(examples);
  const seen = fieldsByForm(await streams());
  expect([...told.keys()].toSorted()).toEqual([...seen.keys()].toSorted());
  const missing = differences(seen, told);
  const invented = differences(told, seen);
  expect({ missing, invented }).toEqual({ missing: [], invented: [] });
});

/** Fields of the one that the other does not have. */
function differences(one: Fields, other: Fields): readonly string[] {
  return [...one].flatMap(([form, fields]) =>
    [...fields].filter((field) => other.get(form)?.has(field) !== true).map((field) => `${form}: ${field}`),
  );
}
