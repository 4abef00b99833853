import { suggest } from '../model/suggest.ts';
import type { Invocation } from './command.ts';

/** One action of a command that has several. */
export interface CommandAction {
  /** How it is written, after the command's name. */
  readonly usage: string;
  readonly does: string;
  /** Least and greatest number of words after its name. */
  readonly words: readonly [least: number, most: number];
  /** The options of the command that it takes. */
  readonly options: readonly string[];
}

/** What is wrong with the words and options that an action was given; nothing where all is well. */
export function actionMisuse(
  { name, options }: { readonly name: string; readonly options: readonly string[] },
  actions: Readonly<Record<string, CommandAction>>,
  invocation: Invocation,
  wanted: string,
): string | undefined {
  const action = Object.hasOwn(actions, wanted) ? actions[wanted] : undefined;
  if (action === undefined) {
    const names = Object.keys(actions);
    const meant = suggest(wanted, names);
    return meant === undefined
      ? `${name} takes one of ${names.join(', ')}`
      : `${name} takes no action ${JSON.stringify(wanted)}; did you mean ${meant}?`;
  }
  const words = Math.max(0, invocation.positionals.length - 1);
  const [least, most] = action.words;
  if (words < least || words > most) {
    return `${name} ${wanted} ${wordsText(action.words)}: sandkiln ${name} ${action.usage}`;
  }
  const idle = options.find((option) => isGiven(invocation, option) && !action.options.includes(option));
  return idle === undefined ? undefined : `${name} ${wanted} has no use for --${idle}`;
}

function wordsText([least, most]: CommandAction['words']): string {
  if (least === most) {
    return (
      ['takes no argument', 'needs one argument', 'needs two arguments'][least] ?? `needs ${least} arguments`
    );
  }
  return least === 0 && most === 1 ? 'takes at most one argument' : `takes ${least} to ${most} arguments`;
}

function isGiven(invocation: Invocation, option: string): boolean {
  return (
    invocation.flag(option) || invocation.text(option) !== undefined || invocation.list(option).length > 0
  );
}
