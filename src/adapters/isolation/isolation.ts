import type { Result } from '../../model/result.ts';
import type { Command } from '../process/process.ts';

/** How commands that act on a foreign tree run: as root of this host, or as root of a user namespace. */
export interface Isolation {
  readonly name: 'root' | 'user-namespace';
  /** What it cannot enforce on this host, for the record. */
  readonly unenforced: readonly string[];
  /** Whether it works here, with the reason and the remedy where it does not. */
  check(): Promise<Result<void>>;
  /** The command, wrapped so that it runs isolated. */
  wrap(command: Command): Command;
}
