import type { BuildResult } from '../../model/build-result.ts';
import { countedAll } from '../../model/counted.ts';
import type { RunRow } from './recorder.ts';
import { leavesTrace, rowText } from './run-row.ts';

/** Subject, then a line a resource, then the trailers; trailers only suppress needless triggers. */
export function commitMessage(build: BuildResult, rows: readonly RunRow[]): string {
  const told = rows.filter(leavesTrace);
  const lines = told.map(rowText);
  const body = told.length > 1 ? `${lines.join('\n')}\n\n` : '';
  const trailers = [
    `Sandkiln-Run: ${build.run}`,
    `Sandkiln-Plan: ${build.plan.digest}`,
    `Sandkiln-Version: ${build.engineVersion}`,
  ];
  return `${subjectOf(told, lines)}\n\n${body}${trailers.join('\n')}\n`;
}

function subjectOf(told: readonly RunRow[], lines: readonly string[]): string {
  if (told.length <= 1) {
    return lines[0] === undefined ? 'catalog: renew the head' : `catalog: ${lines[0]}`;
  }
  const lists = told.filter(({ of }) => of === 'allow-list').length;
  return `catalog: ${countedAll([
    [told.length - lists, 'image'],
    [lists, 'allow-list'],
  ])}`;
}
