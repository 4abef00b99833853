import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parseRecord } from '../../../src/engine/catalog/parse-record.ts';
import { headPath, imageStatePath, runPath } from '../../../src/engine/catalog/paths.ts';
import { imageStateShape, runRecordShape } from '../../../src/engine/catalog/record-shapes.ts';
import {
  type ComputedCommit,
  prepareRun,
  type RecordRunPorts,
} from '../../../src/engine/record/record-run.ts';
import type { PreparedRecord, RecorderOfKind } from '../../../src/engine/record/recorder.ts';
import { rowText } from '../../../src/engine/record/run-row.ts';
import { imageRecorder } from '../../../src/kinds/sandbox-image-spec/image-recorder.ts';
import { type ActionResult, actionId } from '../../../src/model/action.ts';
import type { BuildResult, ChangeResult } from '../../../src/model/build-result.ts';
import { digestOfBytes } from '../../../src/model/digest.ts';
import type { RunImage } from '../../../src/model/record.ts';
import { success } from '../../../src/model/result.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { createSignedCatalog, now, type SignedCatalog, sampleImage } from '../../rig/signed-catalog.ts';
import { unusedStore } from '../../rig/unused-store.ts';

const run = '20261120T230000Z-1a2b3c4d';
const times = { startedAt: '2026-11-20T11:00:00.000Z', finishedAt: '2026-11-20T11:00:01.000Z', tools: {} };
let catalog: SignedCatalog;

beforeEach(async () => {
  catalog = await createSignedCatalog();
  onTestFinished(() => catalog[Symbol.asyncDispose]());
});

function changeResult(
  name: string,
  more: Partial<ChangeResult['change']> = {},
  actions: readonly ActionResult[] = [],
): ChangeResult {
  const resource = { kind: 'SandboxImageSpec', name };
  return {
    change: {
      resource,
      type: 'rebuild',
      conditionalOn: null,
      from: null,
      to: '1.0.0',
      inputs: {},
      reasons: [],
      digest: digestOfBytes(`change of ${name}`),
      stalled: null,
      ...more,
    },
    resource: null,
    actions: Object.fromEntries(
      actions.map((action, index) => [actionId(resource, `stage${index}`), action]),
    ),
  };
}

function buildOf(...changes: readonly ChangeResult[]): BuildResult {
  return {
    formatVersion: 1,
    run,
    engineVersion: '0.1.0',
    plan: {
      formatVersion: 1,
      desiredCommit: catalog.tip,
      catalogCommit: null,
      changes: changes.map(({ change }) => change),
      unchanged: 0,
      digest: digestOfBytes('plan'),
    },
    startedAt: '2026-11-20T11:00:00.000Z',
    finishedAt: '2026-11-20T11:05:00.000Z',
    outcome: 'succeeded',
    host: { platform: 'linux-x64', cpus: 2, memoryBytes: 1, isolation: 'root', unenforced: [] },
    builders: {},
    changes,
  };
}

async function compute(
  build: BuildResult,
  recorder: RecorderOfKind = imageRecorder,
  more: Partial<RecordRunPorts> = {},
  attempt: { readonly attempt: number; readonly waitedMs: number } = { attempt: 1, waitedMs: 0 },
): Promise<ComputedCommit> {
  const prepared = expectValue(
    await prepareRun([recorder], {
      build,
      signer: catalog.builder,
      store: unusedStore,
      cache: unusedStore,
      git: catalog.git,
      memo: new Map(),
      trustVersion: async () => success(1),
      wanted: async () => success(undefined),
      fencingToken: null,
      now: () => now,
      history: { commitsTouching: async () => success([]) },
      desired: unusedDesired,
      ...more,
    }),
  );
  return expectValue(await prepared.compute({ parent: catalog.tip, tip: catalog.tip, ...attempt }));
}

async function unusedDesired(): Promise<never> {
  throw new Error('an image is recorded from its evidence');
}

/** Records each change as `outcome` without looking at it, and notes the order. */
function simpleRecorder(order: string[], outcome: RunImage['outcome'] = 'built'): RecorderOfKind {
  return {
    kind: 'SandboxImageSpec',
    async prepare({ change }) {
      const { name } = change.resource;
      const image: RunImage = {
        name,
        changeDigest: change.digest,
        outcome,
        version: '1.0.0+1',
        actions: [],
        diagnostics: [],
      };
      const record: PreparedRecord = {
        async at({ written }) {
          order.push(`${name} after ${written.size}`);
          return success({
            files: new Map([[`catalog/images/00/${name}/x.json`, Buffer.from('{}')]]),
            row: { of: 'image', image },
          });
        },
      };
      return success(record);
    },
  };
}

function withParent(result: ChangeResult, from: string): ChangeResult {
  return { ...result, resource: { file: 'x.yaml', digest: digestOfBytes('x'), origins: {}, spec: { from } } };
}

describe('the commit', () => {
  const trailers = () =>
    `Sandkiln-Run: ${run}\nSandkiln-Plan: ${digestOfBytes('plan')}\nSandkiln-Version: 0.1.0\n`;

  it('of one image names it in its subject', async () => {
    const commit = await compute(buildOf(changeResult('base')), simpleRecorder([]));
    expect(commit?.message).toBe(`catalog: base: built 1.0.0+1\n\n${trailers()}`);
    expect([...(commit?.changes.keys() ?? [])]).toEqual([
      'catalog/images/00/base/x.json',
      runPath(run),
      headPath,
    ]);
  });

  it('of several lists them, parents first; a child sees what its parent wrote', async () => {
    const order: string[] = [];
    const build = buildOf(
      withParent(changeResult('a'), 'b'),
      withParent(changeResult('b'), 'c'),
      changeResult('c'),
      withParent(changeResult('d'), 'elsewhere'),
    );
    const commit = await compute(build, simpleRecorder(order));
    expect(order).toEqual(['c after 0', 'b after 1', 'a after 2', 'd after 3']);
    expect(commit?.message).toBe(
      `catalog: 4 images\n\nc: built 1.0.0+1\nb: built 1.0.0+1\na: built 1.0.0+1\nd: built 1.0.0+1\n\n${trailers()}`,
    );
  });
});

describe('a change that leaves no trace', () => {
  beforeEach(async () => {
    const { files } = await sampleImage(catalog, { name: 'base' });
    await catalog.engineCommit(files);
  });

  it('was conditional and not needed', async () => {
    const notNeeded = changeResult('base', { from: '1.2.0+1' }, [
      { status: 'not-needed', reason: 'the parent is equal' },
    ]);
    expect((await compute(buildOf(notNeeded))).changes.size).toBe(0);
  });

  it('was superseded by what somebody else recorded', async () => {
    const late = changeResult('base', { type: 'retire', from: '1.1.0+1', to: null });
    const commit = await compute(buildOf(late));
    expect(commit.changes.size).toBe(0);
    expect(commit.rows).toMatchObject([{ image: { name: 'base', outcome: 'superseded' } }]);
  });
});

describe('an image in the catalog', () => {
  const failed = (failure: 'stalled' | 'transient'): ActionResult => ({
    ...times,
    status: 'failed',
    diagnostics: [
      { code: 'SK4002', severity: 'error', message: 'no such package', hint: 'mend it', failure },
    ],
  });
  const stateOf = (commit: ComputedCommit | undefined) => {
    const bytes = commit?.changes.get(imageStatePath('base'));
    return bytes == null ? undefined : expectValue(parseRecord(bytes, imageStateShape, 'state'));
  };

  beforeEach(async () => {
    const { files } = await sampleImage(catalog, { name: 'base' });
    await catalog.engineCommit(files);
  });

  it('stays active when its build fails, and the failure of its inputs is remembered', async () => {
    const commit = await compute(buildOf(changeResult('base', { from: '1.2.0+1' }, [failed('stalled')])));
    expect(stateOf(commit)).toMatchObject({
      active: '1.2.0+1',
      failure: { run, changeDigest: digestOfBytes('change of base'), diagnostics: [{ code: 'SK4002' }] },
    });
    expect(commit?.message).toContain('catalog: base: failed 1.2.0+1\n');
  });

  it('has no remembered failure where another try may pass, but a run that tells of it', async () => {
    const commit = await compute(buildOf(changeResult('base', { from: '1.2.0+1' }, [failed('transient')])));
    expect(stateOf(commit)).toBeUndefined();
    const bytes = commit?.changes.get(runPath(run));
    const record = bytes == null ? undefined : expectValue(parseRecord(bytes, runRecordShape, 'run'));
    expect(record).toMatchObject({ id: run, images: [{ name: 'base', outcome: 'failed' }] });
  });

  it('is no longer active when it is retired', async () => {
    const commit = await compute(
      buildOf(changeResult('base', { type: 'retire', from: '1.2.0+1', to: null })),
    );
    expect(stateOf(commit)).toMatchObject({ active: null, inputs: null, failure: null });
    expect(commit?.rows).toMatchObject([{ image: { outcome: 'retired', version: '1.2.0+1' } }]);
  });
});

it('the same results on the same tip give the same records', async () => {
  const build = buildOf(changeResult('b'), changeResult('a'));
  const first = await compute(build, simpleRecorder([]));
  const second = await compute(build, simpleRecorder([]));
  expect(second?.message).toBe(first?.message);
  expect([...(second?.changes ?? [])].filter(([path]) => path !== headPath)).toEqual(
    [...(first?.changes ?? [])].filter(([path]) => path !== headPath),
  );
});

describe('a run record', () => {
  it('says which attempt it was made for, and by which lease', async () => {
    const late = { attempt: 3, waitedMs: 150 };
    const commit = await compute(
      buildOf(changeResult('base')),
      simpleRecorder([]),
      { fencingToken: 7 },
      late,
    );
    const bytes = commit.changes.get(runPath(run)) ?? Buffer.alloc(0);
    expect(expectValue(parseRecord(bytes, runRecordShape, 'run', 'exact')).writeBack).toEqual({
      ...late,
      fencingToken: 7,
    });
  });

  it('leaves out what the newest desired state does not ask for', async () => {
    const build = buildOf(changeResult('base'), changeResult('web'));
    const wanted = async () => success(new Set([digestOfBytes('change of web')]));
    const commit = await compute(build, simpleRecorder([]), { wanted });
    expect(commit.rows.map(rowText)).toEqual(['base: superseded', 'web: built 1.0.0+1']);
    expect(commit.changes.has('catalog/images/00/base/x.json')).toBe(false);
  });
});
