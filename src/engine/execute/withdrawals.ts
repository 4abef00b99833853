import type { Action, ActionId, ActionResult } from '../../model/action.ts';
import { identityText, type ResourceIdentity } from '../../model/resource.ts';
import type { Graph } from '../graph/build-graph.ts';

/** Tells that nobody asks for these resources in this form any more; `by` is the commit that asks for something else. */
export type Withdraw = (resources: readonly ResourceIdentity[], by: string) => void;

/** Actions of which nothing may start any more. */
export interface Withdrawals {
  /** Withdraws resources, and what is built from them; gives the actions that were not withdrawn before. */
  add(resources: readonly ResourceIdentity[], by: string): readonly ActionId[];
  /** How the action ends, if it was withdrawn. */
  resultOf(action: ActionId): ActionResult | undefined;
}

export function createWithdrawals(graph: Graph): Withdrawals {
  const results = new Map<ActionId, ActionResult>();
  return {
    add: (resources, by) => {
      const added = actionsOf(graph, resources).filter((id) => !results.has(id));
      for (const id of added) {
        results.set(id, { status: 'superseded', by });
      }
      return added;
    },
    resultOf: (action) => results.get(action),
  };
}

/**
 * The actions of resources and of every resource that needs one of them: it would stand on something that is never
 * recorded.
 */
function actionsOf({ actions, dependants }: Graph, resources: readonly ResourceIdentity[]): ActionId[] {
  const byResource = Map.groupBy(actions.values(), ({ resource }) => identityText(resource));
  const found = new Set(resources.map(identityText));
  // A set gives out entries that are added while it is walked.
  for (const resource of found) {
    for (const { id } of byResource.get(resource) ?? noActions) {
      for (const dependant of dependants.get(id) ?? []) {
        const waiting = actions.get(dependant);
        if (waiting !== undefined) {
          found.add(identityText(waiting.resource));
        }
      }
    }
  }
  return [...found].flatMap((resource) => (byResource.get(resource) ?? noActions).map(({ id }) => id));
}

const noActions: readonly Action[] = [];
