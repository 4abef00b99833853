import type { CommandOptions } from './command.ts';

/** Options of every command. */
export const globalOptions = {
  directory: { type: 'string', short: 'C', value: 'DIR', help: 'act as if started in DIR' },
  output: { type: 'string', value: 'FORM', help: 'text (default) or a form listed below' },
  color: { type: 'string', value: 'WHEN', help: 'auto (default), always or never; NO_COLOR is honoured' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
} as const satisfies CommandOptions;
