import type { CommandOptions } from './command.ts';

/** Which desired state: the same for every command that reads one. */
export const desiredOptions = {
  ref: { type: 'string', value: 'REV', help: 'desired state of this commit; default HEAD' },
  worktree: { type: 'boolean', help: 'desired state of the work tree, uncommitted edits included' },
} as const satisfies CommandOptions;

/** Which changes of a plan. */
export const targetOptions = {
  target: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'only changes of this resource; may be repeated',
  },
  exclude: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    help: 'no changes of this resource; may be repeated',
  },
} as const satisfies CommandOptions;
