import { actionParts, actionText } from './action-text.ts';
import { durationText } from './duration-text.ts';
import type { GraphView } from './graph-view.ts';
import { printable } from './printable.ts';
import { widest } from './widest.ts';
import { wrappedList } from './wrapped-list.ts';

/**
 * Actions by resource, each with how long it takes and what it waits for; `*` marks the critical path, which is told
 * below once more. Lines are broken between names at the width in columns.
 */
export function graphText({ groups, criticalPath, criticalMs }: GraphView, width: number): string {
  if (groups.length === 0) {
    return 'nothing to do\n';
  }
  const nodes = groups.flatMap((group) => group.nodes);
  const labelWidth = widest(nodes.map((node) => node.label));
  const durationWidth = widest(nodes.map((node) => node.duration));
  const lines: string[] = [];
  for (const group of groups) {
    const own = new Set(group.nodes.map((node) => node.id));
    lines.push(group.label);
    for (const { isCritical, label, duration, needs } of group.nodes) {
      const start = `${isCritical ? '*' : ' '} ${label.padEnd(labelWidth)}  ${duration.padStart(durationWidth)}`;
      const names = needs.map(({ from }) =>
        own.has(from) ? printable(actionParts(from).stage) : actionText(from),
      );
      lines.push(...(names.length === 0 ? [start] : wrappedList(`${start}  after `, names, ', ', width)));
    }
  }
  const path = wrappedList(
    `* critical path, ${durationText(criticalMs)}: `,
    criticalPath.map(actionText),
    ' → ',
    width,
    '  ',
  );
  return [...lines, '', ...path].map((line) => `${line}\n`).join('');
}
