import type { Action, ActionId } from '../../model/action.ts';

/**
 * One cycle among actions that cannot be ordered, from an action back to itself. Each of them waits for another of
 * them, so following needs must come back to a place.
 */
export function findCycle(actions: readonly Action[]): readonly ActionId[] {
  const byId = new Map(actions.map((action) => [action.id, action]));
  const path: ActionId[] = [];
  const seen = new Map<ActionId, number>();
  let current: Action | undefined = actions[0];
  while (current !== undefined) {
    const start = seen.get(current.id);
    if (start !== undefined) {
      return [...path.slice(start), current.id];
    }
    seen.set(current.id, path.length);
    path.push(current.id);
    const next: ActionId | undefined = current.needs.find((id) => byId.has(id));
    current = next === undefined ? undefined : byId.get(next);
  }
  throw new TypeError('the actions have no cycle');
}
