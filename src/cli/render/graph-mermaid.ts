import type { GraphView } from './graph-view.ts';

/** The graph in Mermaid, which forges draw inside Markdown: a subgraph for each resource, the critical path in bold red. */
export function graphMermaid({ groups }: GraphView): string {
  const nodes = groups.flatMap((group) => group.nodes);
  const numbers = new Map(nodes.map(({ id }, index) => [id, `a${index}`]));
  const blocks = groups.flatMap((group, index) => [
    `  subgraph r${index}["${escaped(group.label)}"]`,
    ...group.nodes.map(
      (node) => `    ${numbers.get(node.id)}["${escaped(node.label)}<br>${escaped(node.duration)}"]`,
    ),
    '  end',
  ]);
  const edges = nodes.flatMap(({ id, needs }) =>
    needs.map((edge) => ({ text: `  ${numbers.get(edge.from)} --> ${numbers.get(id)}`, edge })),
  );
  const criticalNodes = nodes.flatMap(({ id, isCritical }) => (isCritical ? [numbers.get(id)] : []));
  const criticalEdges = edges.flatMap(({ edge }, index) => (edge.isCritical ? [index] : []));
  const style = 'stroke:#c00000,stroke-width:3px';
  return [
    'flowchart LR',
    ...blocks,
    ...edges.map(({ text }) => text),
    ...(criticalNodes.length === 0
      ? []
      : [`  classDef critical ${style}`, `  class ${criticalNodes.join(',')} critical`]),
    ...(criticalEdges.length === 0 ? [] : [`  linkStyle ${criticalEdges.join(',')} ${style}`]),
    '',
  ].join('\n');
}

/** Everything that could end a label or begin markup in it is written as Mermaid's entity codes. */
function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} ._+:/~-]/gu, (character) => `#${character.codePointAt(0)};`);
}
