import { digestOfBytes } from '../../src/model/digest.ts';
import type { ImageBuildRun, RunAction, RunImage } from '../../src/model/record.ts';

export const runStart = '2026-11-20T23:00:00.000Z';

/** An action of a run record; it ran from one second of the run to another. */
export function ranAction(
  name: string,
  [fromSeconds, toSeconds]: readonly [number, number],
  more: Partial<RunAction> = {},
): RunAction {
  return {
    ...idleAction(name, 'succeeded'),
    startedAt: new Date(Date.parse(runStart) + fromSeconds * 1000).toISOString(),
    durationMs: (toSeconds - fromSeconds) * 1000,
    ...more,
  };
}

/** An action that did not run. */
export function idleAction(name: string, status: string): RunAction {
  return {
    id: `SandboxImageSpec/${name}`,
    status,
    cached: false,
    key: null,
    startedAt: null,
    durationMs: null,
    tools: {},
    log: null,
  };
}

/** An action that came from the cache: it ran an hour before. */
export function cachedAction(name: string, tookSeconds: number): RunAction {
  return ranAction(name, [-3600, -3600 + tookSeconds], { cached: true });
}

export function runImage(
  name: string,
  actions: readonly RunAction[],
  more: Partial<RunImage> = {},
): RunImage {
  return {
    name,
    changeDigest: digestOfBytes(name),
    outcome: 'built',
    version: '1.0.0+1',
    actions,
    diagnostics: [],
    ...more,
  };
}

/** The record of a run that took so many seconds. */
export function runRecord(tookSeconds: number, images: readonly RunImage[]): ImageBuildRun {
  return {
    apiVersion: 'sandkiln/v1',
    kind: 'ImageBuildRun',
    id: '20261120T230000Z-1a2b3c4d',
    engineVersion: '0.1.0',
    planDigest: digestOfBytes('plan'),
    desiredCommit: 'c0ffee',
    catalogCommit: null,
    startedAt: runStart,
    finishedAt: new Date(Date.parse(runStart) + tookSeconds * 1000).toISOString(),
    outcome: 'succeeded',
    host: { platform: 'linux-x64', cpus: 2, memoryBytes: 1, isolation: 'none', unenforced: [] },
    images,
  };
}

/** Two images after each other; of the first, one stage failed a tier beside the path, and two came from the cache. */
export function eventfulRun(): ImageBuildRun {
  return runRecord(84, [
    runImage('debian-12-base', [
      cachedAction('debian-12-base/lock', 6),
      cachedAction('debian-12-base/bootstrap', 21),
      ranAction('debian-12-base/customise', [0.1, 2.3]),
      ranAction('debian-12-base/pack:qcow2', [2.31, 8]),
      ranAction('debian-12-base/pack:rootfs', [2.31, 5]),
      ranAction('debian-12-base/smoke:2', [8.02, 29]),
      ranAction('debian-12-base/scan', [5.01, 6.5]),
      ranAction('debian-12-base/publish', [29.01, 30]),
    ]),
    runImage(
      'debian-12-lab',
      [
        ranAction('debian-12-lab/prepare', [30.01, 31]),
        ranAction('debian-12-lab/lock', [31.01, 38]),
        ranAction('debian-12-lab/bootstrap', [38.01, 62]),
        ranAction('debian-12-lab/customise', [62.01, 64]),
        ranAction('debian-12-lab/pack:qcow2', [64.01, 68]),
        ranAction('debian-12-lab/smoke:2', [68.01, 83], { status: 'failed' }),
        ranAction('debian-12-lab/scan', [64.01, 65.5]),
        idleAction('debian-12-lab/publish', 'skipped'),
      ],
      { outcome: 'failed', version: null },
    ),
  ]);
}
