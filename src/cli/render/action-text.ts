import type { ActionId, ActionResult } from '../../model/action.ts';
import { durationText } from './duration-text.ts';
import { printable } from './printable.ts';

/** `debian-12-lab/pack`: an action as people name it. */
export function actionText(action: ActionId): string {
  const { name, stage } = actionParts(action);
  return printable(`${name}/${stage}`);
}

/** The resource's name, and the stage with its part. */
export function actionParts(action: ActionId): { readonly name: string; readonly stage: string } {
  const [, name = '', ...stage] = action.split('/');
  return { name, stage: stage.join('/') };
}

/** One word for how an action ended. */
export function resultWord(result: ActionResult): string {
  return result.status === 'succeeded' ? (result.cached ? 'cached' : 'done') : result.status;
}

/** What to say behind the word: how long it took, or why it did not run. */
export function resultDetail(result: ActionResult): string {
  switch (result.status) {
    case 'succeeded':
      return result.cached ? '' : durationText(Date.parse(result.finishedAt) - Date.parse(result.startedAt));
    case 'failed':
      return durationText(Date.parse(result.finishedAt) - Date.parse(result.startedAt));
    case 'not-needed':
      return printable(result.reason);
    case 'skipped':
      return `${actionText(result.because)} failed`;
    case 'cancelled':
      return '';
    case 'superseded':
      return `by commit ${result.by.slice(0, 12)}`;
  }
}
