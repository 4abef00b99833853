import { failure, type Result, success } from '../model/result.ts';
import type { CommandOptions, Invocation } from './command.ts';
import { parseTime } from './parse-time.ts';
import { wrongOption } from './wrong-option.ts';

/** Where records go, and how long a remote is waited for. */
export const remoteOptions = {
  remote: {
    type: 'string',
    value: 'NAME',
    help: 'write to this remote; default: the one the branch follows, else origin',
  },
  'no-remote': { type: 'boolean', help: 'write to the local branch only' },
  'push-timeout': {
    type: 'string',
    value: 'TIME',
    help: 'how long lost races and a remote that does not answer are waited for; default 2m',
  },
  'remote-timeout': { type: 'string', value: 'TIME', help: 'of one fetch or push; default 1m' },
} as const satisfies CommandOptions;

/** Records as a proposal. */
export const proposalOptions = {
  'pull-request': {
    type: 'boolean',
    help: 'push the records to a branch of their own, for a pull request, instead of the catalog branch',
  },
  'pull-request-branch': {
    type: 'string',
    value: 'NAME',
    help: 'the branch of the pull request; default sandkiln/records',
  },
  'pull-request-body': {
    type: 'string',
    value: 'FILE',
    help: 'write title and text for the pull request there',
  },
} as const satisfies CommandOptions;

/** Bounds of what is said to a remote. */
export interface RemoteLimits {
  /** How long lost races and failures that may pass are answered by another try. */
  readonly pushTimeoutMs: number;
  /** Of one fetch or push. */
  readonly operationTimeoutMs: number;
}

/** What --push-timeout and --remote-timeout say; SK9023 where one is no time span. */
export function readRemoteLimits(invocation: Invocation): Result<RemoteLimits> {
  const push = invocation.text('push-timeout') ?? '2m';
  const operation = invocation.text('remote-timeout') ?? '1m';
  const [pushTimeoutMs, operationTimeoutMs] = [parseTime(push), parseTime(operation)];
  if (pushTimeoutMs === undefined || operationTimeoutMs === undefined) {
    const [option, value] =
      pushTimeoutMs === undefined
        ? (['push-timeout', push] as const)
        : (['remote-timeout', operation] as const);
    return failure(wrongOption(option, value, 'a time span with its unit: 90s, 2m'));
  }
  return success({ pushTimeoutMs, operationTimeoutMs });
}
