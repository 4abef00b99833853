import type { HostConfiguration } from '../adapters/host/host.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { CommandOptions, Invocation } from './command.ts';
import { parseTime } from './parse-time.ts';
import { wrongOption } from './wrong-option.ts';

/** What carrying a plan out takes: the same for build and reconcile. */
export const buildOptions = {
  jobs: { type: 'string', short: 'j', value: 'N', help: 'actions at a time; default: the CPUs of this host' },
  'fail-fast': { type: 'boolean', help: 'after the first failure start nothing more' },
  tries: { type: 'string', value: 'N', help: 'tries of an action whose failure may pass; default 3' },
  'lock-timeout': {
    type: 'string',
    value: 'TIME',
    help: 'wait this long for other runs: in this clone, and on the same changes elsewhere; default 0s',
  },
  'look-every': {
    type: 'string',
    value: 'TIME',
    help: 'look this often whether a newer commit makes work pointless, and stop that; 0s: never; default 30s',
  },
} as const satisfies CommandOptions;

/** What these options say. */
export interface BuildSettings {
  readonly jobs: number;
  readonly tries: number;
  readonly lockTimeoutMs: number;
  /** Absent where newer commits are not looked for. */
  readonly lookEveryMs: number | undefined;
}

/** Reads them, with the defaults of the host; SK9023 where one takes no such value. */
export function readBuildSettings(invocation: Invocation, host: HostConfiguration): Result<BuildSettings> {
  const jobsText = invocation.text('jobs');
  const jobs = jobsText === undefined ? host.jobs : Number(jobsText);
  if (jobs !== undefined && !(Number.isInteger(jobs) && jobs >= 1)) {
    return failure(wrongOption('jobs', jobsText ?? '', 'a whole number from 1'));
  }
  const triesText = invocation.text('tries') ?? '3';
  if (!/^(?:[1-9]|10)$/.test(triesText)) {
    return failure(wrongOption('tries', triesText, 'a whole number from 1 to 10'));
  }
  const lockTimeout = invocation.text('lock-timeout') ?? '0s';
  const lockTimeoutMs = parseTimeOrZero(lockTimeout);
  if (lockTimeoutMs === undefined) {
    return failure(wrongOption('lock-timeout', lockTimeout, timeSpan));
  }
  const lookEvery = invocation.text('look-every') ?? '30s';
  const lookEveryMs = parseTimeOrZero(lookEvery);
  if (lookEveryMs === undefined) {
    return failure(wrongOption('look-every', lookEvery, timeSpan));
  }
  const isPinned = invocation.text('ref') !== undefined;
  return success({
    jobs: jobs ?? Math.max(2, navigator.hardwareConcurrency),
    tries: Number(triesText),
    lockTimeoutMs,
    lookEveryMs: lookEveryMs === 0 || isPinned ? undefined : lookEveryMs,
  });
}

const timeSpan = 'a time span with its unit: 90s, 20m, 2h';

function parseTimeOrZero(text: string): number | undefined {
  return text === '0s' || text === '0' ? 0 : parseTime(text);
}
