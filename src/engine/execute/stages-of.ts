import type { Action } from '../../model/action.ts';
import type { Graph } from '../graph/build-graph.ts';
import type { Stage } from '../stage.ts';

/** Looks each stage up before anything starts; one that is missing is a bug. */
export function stagesOf(graph: Graph, stages: ReadonlyMap<string, Stage>): (action: Action) => Stage {
  function find(action: Action): Stage {
    const stage = stages.get(action.stage);
    if (stage === undefined) {
      throw new TypeError(`there is no stage ${action.stage}, which ${action.id} names`);
    }
    return stage;
  }
  for (const action of graph.actions.values()) {
    find(action);
  }
  return find;
}
