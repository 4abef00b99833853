import type { Action } from '../../model/action.ts';
import { identityText } from '../../model/resource.ts';
import type { Invocation } from '../command.ts';
import type { EventRenderer } from './event-renderer.ts';

/** Lines of a terminal that the tree leaves free: the prompt before it, and stages below the resources. */
const freeRows = 5;

/**
 * JSON lines on stdout where asked for; else a tree on a terminal that has a line for each resource, and plain lines
 * anywhere else, both on stderr.
 */
export async function chooseRenderer(
  invocation: Pick<Invocation, 'output' | 'isTerminal' | 'color' | 'stdout' | 'stderr'>,
  actions: readonly Action[],
  terminal: NodeJS.WriteStream = process.stderr,
): Promise<EventRenderer> {
  if (invocation.output === 'json') {
    const { renderEventsJson } = await import('./events-json.ts');
    return renderEventsJson({ write: invocation.stdout });
  }
  const resources = new Set(actions.map((action) => identityText(action.resource)));
  if (invocation.isTerminal && resources.size > 0 && resources.size <= terminal.rows - freeRows) {
    const { renderEventsTree } = await import('./events-tree.ts');
    return renderEventsTree({ progress: terminal, color: invocation.color });
  }
  const { renderEventsPlain } = await import('./events-plain.ts');
  return renderEventsPlain({ write: invocation.stderr });
}
