import type { Command } from '../process/process.ts';

/**
 * The command in namespaces of its own: mounts, processes, host name (`localhost`, so that no maintainer script
 * writes the build host's name into a tree) and a network without any interface that is up. When `unshare` is
 * killed, everything in the namespaces is.
 */
export function namespaceCommand(command: Command, userArguments: readonly string[]): Command {
  return {
    ...command,
    file: 'unshare',
    arguments: [
      ...userArguments,
      '--mount',
      '--uts',
      '--ipc',
      '--pid',
      '--net',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
      '--mount-proc',
      '--',
      // A fixed script: the command comes in as arguments and is never read as shell text. The shell stays as the
      // first process of the namespace, which SIGTERM does not end, so that the command is one that it does end.
      'sh',
      '-c',
      'hostname localhost || exit; "$@"; exit "$?"',
      'sh',
      command.file,
      ...command.arguments,
    ],
    // The user's own home is no business of maintainer scripts.
    environment: { HOME: '/root', ...command.environment },
  };
}
