import type { ActionId } from '../../model/action.ts';

const keptLines = 20;

export interface LogTails {
  add(action: ActionId, line: string): void;
  /** Gives the last lines of an action and forgets them. */
  take(action: ActionId): readonly string[];
}

/** The last twenty lines of each action that runs. */
export function createLogTails(): LogTails {
  const tails = new Map<ActionId, string[]>();
  return {
    add: (action, line) => {
      const lines = tails.get(action) ?? [];
      tails.set(action, lines);
      lines.push(line);
      if (lines.length > keptLines) {
        lines.shift();
      }
    },
    take: (action) => {
      const lines = tails.get(action) ?? [];
      tails.delete(action);
      return lines;
    },
  };
}
