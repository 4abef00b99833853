import type { Action, ActionId } from '../../model/action.ts';
import { identityText } from '../../model/resource.ts';

/** Actions by resource, each with what it waits for. */
export function graphText(actions: readonly Action[]): string {
  const lines: string[] = [];
  let resource = '';
  for (const action of actions) {
    const identity = identityText(action.resource);
    if (identity !== resource) {
      resource = identity;
      lines.push(identity);
    }
    const needs = action.needs.map((id) => shortName(id, action));
    lines.push(`  ${stageName(action.id)}${needs.length === 0 ? '' : `  after ${needs.join(', ')}`}`);
  }
  return lines.length === 0 ? 'nothing to do\n' : `${lines.join('\n')}\n`;
}

/** The graph in DOT, for Graphviz. */
export function graphDot(actions: readonly Action[]): string {
  const edges = actions.flatMap((action) => action.needs.map((need) => `  "${need}" -> "${action.id}";`));
  const nodes = actions.map(
    (action) => `  "${action.id}" [label="${action.resource.name}\\n${stageName(action.id)}"];`,
  );
  return ['digraph sandkiln {', '  rankdir=LR;', '  node [shape=box];', ...nodes, ...edges, '}', ''].join(
    '\n',
  );
}

/** The graph in Mermaid, which forges draw inside Markdown. */
export function graphMermaid(actions: readonly Action[]): string {
  const numbers = new Map(actions.map((action, index) => [action.id, `a${index}`]));
  const nodes = actions.map(
    (action) => `  ${numbers.get(action.id)}["${action.resource.name}<br>${stageName(action.id)}"]`,
  );
  const edges = actions.flatMap((action) =>
    action.needs.map((need) => `  ${numbers.get(need)} --> ${numbers.get(action.id)}`),
  );
  return ['flowchart LR', ...nodes, ...edges, ''].join('\n');
}

function shortName(id: ActionId, from: Action): string {
  return id.startsWith(`${identityText(from.resource)}/`) ? stageName(id) : id;
}

function stageName(id: ActionId): string {
  return id.split('/').slice(2).join('/');
}
