import type { ScratchFolder } from '../../adapters/scratch/scratch.ts';
import type { LocalStore } from '../../adapters/store/store.ts';
import type { Action, ActionId, StageOutput } from '../../model/action.ts';
import type { StageContext } from '../stage.ts';
import type { Deadline } from './deadline.ts';

export interface StageContextParts {
  readonly action: Action;
  readonly needs: ReadonlyMap<ActionId, StageOutput>;
  readonly host: { readonly cache: LocalStore };
  readonly deadline: Deadline;
  /** Takes a line of the action's log. */
  readonly tell: (line: string) => void;
}

/** What a stage is run with. */
export function stageContext(
  { action, needs, host, deadline, tell }: StageContextParts,
  scratch: ScratchFolder,
): StageContext {
  return {
    scratch,
    cache: host.cache,
    log: tell,
    signal: deadline.signal(),
    timeoutMs: action.timeoutMs,
    ...(action.cpus === undefined ? {} : { cpus: action.cpus }),
    needs,
  };
}

/** For actions that declare `disk: 0`. */
export const noScratch: ScratchFolder = {
  get path(): string {
    throw new TypeError('the action declares that it uses no disk, so it has no scratch folder');
  },
  inMemory: false,
  [Symbol.asyncDispose]: async () => {},
};
