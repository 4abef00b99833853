import { compareCodePoints } from '../../model/json.ts';
import { type Result, success } from '../../model/result.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { sayingLines } from './own-marker.ts';
import { textAt, writeText } from './tree-text.ts';

export const sysctlPath = 'etc/sysctl.d/90-sandkiln.conf';

/**
 * Kernel settings as sysctl.d(5) wants them, sorted. Settings of the image below stay where this one does not set
 * them otherwise.
 */
export function writeSysctl(
  tree: Tree,
  settings: Readonly<Record<string, string>>,
  sourceDateEpoch: number,
): Result<Tree> {
  if (Object.keys(settings).length === 0) {
    return success(tree);
  }
  const before = textAt(tree, sysctlPath);
  if (!before.ok) {
    return before;
  }
  const merged = new Map<string, string>();
  for (const line of sayingLines(before.value?.text ?? '')) {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) {
      merged.set(key, value.trimEnd());
    }
  }
  for (const [key, value] of Object.entries(settings)) {
    merged.set(key, value);
  }
  const lines = [...merged]
    .sort(([left], [right]) => compareCodePoints(left, right))
    .map(([key, value]) => `${key} = ${value}\n`);
  return replaceEntries(tree, [writeText(sysctlPath, lines.join(''), sourceDateEpoch)]);
}
