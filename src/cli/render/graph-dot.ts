import type { GraphView } from './graph-view.ts';

const critical = 'color="#c00000", penwidth=2.5';

/** The graph in DOT, for Graphviz: a cluster for each resource, the critical path in bold red. */
export function graphDot({ groups }: GraphView): string {
  const lines = groups.flatMap(({ label, nodes }, index) => [
    `  subgraph ${quoted(`cluster_${index}`)} {`,
    `    label=${labelOf(label)};`,
    ...nodes.map(
      (node) =>
        `    ${quoted(node.id)} [label=${labelOf(`${node.label}\n${node.duration}`)}${node.isCritical ? `, ${critical}` : ''}];`,
    ),
    '  }',
  ]);
  const edges = groups
    .flatMap(({ nodes }) => nodes)
    .flatMap(({ id, needs }) =>
      needs.map(
        (edge) => `  ${quoted(edge.from)} -> ${quoted(id)}${edge.isCritical ? ` [${critical}]` : ''};`,
      ),
    );
  return [
    'digraph sandkiln {',
    '  rankdir=LR;',
    '  graph [fontname="sans-serif", style=rounded, color="#a0a0a0"];',
    '  node [fontname="sans-serif", shape=box];',
    ...lines,
    ...edges,
    '}',
    '',
  ].join('\n');
}

/** Labels know character entities, as HTML does. */
function labelOf(text: string): string {
  return quoted(text.replaceAll('&', '&amp;'));
}

/** A double-quoted string: in labels a backslash begins an escape, so it is doubled, in ids for being the same. */
function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
