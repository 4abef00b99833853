import type { Action } from '../../model/action.ts';
import type { Invocation } from '../command.ts';
import type { EventRenderer } from './event-renderer.ts';

/** JSON lines on stdout where asked for; else a tree on a terminal, and plain lines anywhere else, both on stderr. */
export async function chooseRenderer(
  invocation: Invocation,
  actions: readonly Action[],
): Promise<EventRenderer> {
  if (invocation.output === 'json') {
    const { renderEventsJson } = await import('./events-json.ts');
    return renderEventsJson({ write: invocation.stdout });
  }
  if (invocation.isTerminal && actions.length > 0) {
    const { renderEventsTree } = await import('./events-tree.ts');
    return renderEventsTree({ progress: process.stderr });
  }
  const { renderEventsPlain } = await import('./events-plain.ts');
  return renderEventsPlain({ write: invocation.stderr });
}
