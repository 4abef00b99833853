import type { DiskImage, Runtime } from '../adapters/runtime/runtime.ts';
import type { Stage, StageContext } from '../engine/stage.ts';
import type { Action, BlobReference, StageOutput } from '../model/action.ts';
import { lastConsoleLines } from '../model/console-text.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { SmokeTestResult } from '../model/record.ts';
import { failure, type Result, success } from '../model/result.ts';
import { readTree } from '../tree/read-tree.ts';
import { probeBootTiers } from './smoke/boot-tiers.ts';
import { kernelFiles } from './smoke/kernel-files.ts';
import { probeMicroBoot } from './smoke/micro-probes.ts';
import type { SmokeInput } from './smoke/smoke-input.ts';
import { notRun, type SmokeReport } from './smoke/smoke-report.ts';
import { probeTree } from './smoke/tree-probes.ts';
import { asJson, inputOf, neededBlob } from './stage-input.ts';

const shownConsoleLines = 20;

/**
 * Tests one tier of an image (see {@link SmokeInput}). Needs the blobs `tree`, and above tier 0 `disk.qcow2` or
 * `disk.raw`, and `vmlinuz` and `initrd.img` unless the disk has a boot loader. Output: data `results`, `acceleration`, `init`, `durationMs`; blob `console`.
 * Fails where a test failed (SK6020, one a test), and where tier 2 of a bootable image could not be run at all.
 */
export function createSmokeStage(ports: { readonly runtime: Runtime }): Stage {
  const { runtime } = ports;
  return {
    name: 'smoke',
    version: 1,
    effect: 'pure',
    fingerprint: async (action) =>
      inputOf<SmokeInput>(action).tier === 0
        ? success({ tools: {}, environment: {} })
        : success({
            tools: await runtime.toolVersions(),
            environment: { runtime: runtime.name, runtimeVersion: runtime.version },
          }),
    run: (action, context) => smoke(action, context, runtime),
  };
}

async function smoke(action: Action, context: StageContext, runtime: Runtime): Promise<Result<StageOutput>> {
  const startedAt = Date.now();
  const input = inputOf<SmokeInput>(action);
  const report = await probe(input, context, runtime);
  if (!report.ok) {
    return report;
  }
  if (context.signal.aborted) {
    return failure(cancelled);
  }
  const { results, console, acceleration, init } = report.value;
  const kept = console === undefined ? undefined : await context.cache.put([console]);
  if (kept?.ok === false) {
    return kept;
  }
  for (const { name, outcome, detail } of results) {
    context.log(`${outcome}: ${name}${detail === undefined ? '' : `: ${detail}`}`);
  }
  const problems = problemsOf(report.value, kept?.value);
  return problems.length > 0
    ? failure(...problems)
    : success({
        blobs: kept === undefined ? {} : { console: kept.value },
        data: asJson({
          results,
          acceleration: acceleration ?? null,
          init: init ?? null,
          durationMs: Date.now() - startedAt,
        }),
      });
}

async function probe(
  input: SmokeInput,
  context: StageContext,
  runtime: Runtime,
): Promise<Result<SmokeReport>> {
  const tree = await readTree(context.cache.pathOf(required(context, 'tree').digest));
  if (!tree.ok) {
    return tree;
  }
  if (input.tier === 0) {
    return success(probeTree(input, tree.value));
  }
  const kernel = await kernelFiles(context, tree.value);
  if (!kernel.ok) {
    return kernel;
  }
  if (kernel.value === undefined) {
    return success(withoutKernel(input));
  }
  const { shape, tier } = input;
  if (shape === null) {
    throw new TypeError(`tier ${tier} needs the shape of a machine`);
  }
  const missing = await missingTools(runtime);
  if (missing !== undefined) {
    return tier === 2 ? failure(untested(missing)) : success(notRunAtAll(input, missing));
  }
  const acceleration = await runtime.acceleration(context);
  context.log(`tier ${tier} with ${acceleration.name}: ${acceleration.reason}`);
  const machine = { ...kernel.value, disk: diskOf(context), shape };
  const report =
    tier === 1
      ? await probeMicroBoot(runtime, { ...machine, tree: tree.value }, input.tests, context)
      : await probeBootTiers(runtime, machine, { ...input, tier }, tree.value, context);
  return report.ok ? success({ ...report.value, acceleration: acceleration.name }) : report;
}

function required(context: StageContext, name: string): BlobReference {
  const blob = neededBlob(context, name);
  if (blob === undefined) {
    throw new TypeError(`smoke needs the blob ${name}`);
  }
  return blob;
}

function diskOf(context: StageContext): DiskImage {
  const qcow2 = neededBlob(context, 'disk.qcow2');
  const blob = qcow2 ?? required(context, 'disk.raw');
  return { path: context.cache.pathOf(blob.digest), format: qcow2 === undefined ? 'raw' : 'qcow2' };
}

/** A disk without kernel is no bootable image. Tests that were declared to boot it fail. */
function withoutKernel(input: SmokeInput): SmokeReport {
  const reason = 'the image has no kernel and initrd';
  const declared = input.tests.map(
    ({ name }): SmokeTestResult => ({ name, tier: input.tier, outcome: 'failed', detail: reason }),
  );
  return { results: [notRun(`built-in: tier ${input.tier}`, input.tier, reason), ...declared] };
}

function notRunAtAll(input: SmokeInput, reason: string): SmokeReport {
  const names = [`built-in: tier ${input.tier}`, ...input.tests.map(({ name }) => name)];
  return { results: names.map((name) => notRun(name, input.tier, reason)) };
}

async function missingTools(runtime: Runtime): Promise<string | undefined> {
  const versions = await runtime.toolVersions();
  const missing = runtime.tools.filter(({ command }) => versions[command] === undefined);
  return missing.length === 0
    ? undefined
    : `this host lacks ${missing.map(({ command, debianPackage }) => `${command} (Debian: ${debianPackage})`).join(', ')}`;
}

const cancelled: Diagnostic = {
  code: 'SK6012',
  severity: 'error',
  message: 'the smoke tests were stopped because the run was cancelled',
  hint: 'start the run again; finished actions are not repeated',
  failure: 'cancelled',
};

function untested(reason: string): Diagnostic {
  return {
    code: 'SK6021',
    severity: 'error',
    message: `the image was not booted, so it cannot be published: ${reason}`,
    hint: 'install what is missing; `sandkiln doctor` lists it',
    failure: 'transient',
  };
}

/** A diagnostic for each test that failed; the first one has the end of the console. */
function problemsOf(report: SmokeReport, console: BlobReference | undefined): readonly Diagnostic[] {
  const failed = report.results.filter(({ outcome }) => outcome === 'failed');
  const lines = report.console === undefined ? [] : lastConsoleLines(report.console, shownConsoleLines);
  const tail = lines.length === 0 ? '' : `; the console ended with:\n${lines.join('\n')}`;
  return failed.map(({ name, tier, detail }, index) => ({
    code: 'SK6020',
    severity: 'error',
    message: `smoke test ${JSON.stringify(name)} of tier ${tier} failed: ${detail}${index === 0 ? tail : ''}`,
    hint:
      console === undefined
        ? 'change the image, or what the test expects'
        : `change the image, or what the test expects; the whole console is the blob ${console.digest} of the cache`,
    failure: report.timedOut ? 'timed-out' : 'stalled',
  }));
}
