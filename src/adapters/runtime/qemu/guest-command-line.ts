import type { GuestCommand } from '../runtime.ts';

/** The argument array that runs a command in a guest; another user than root goes through util-linux' runuser. */
export function guestCommandLine(command: GuestCommand): readonly string[] {
  return command.as === undefined || command.as === 'root'
    ? command.run
    : ['runuser', '-u', command.as, '--', ...command.run];
}
