import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const mebibyte = 1024 * 1024;

test('packing takes a fixed amount of memory, however large the tree', { timeout: 60_000 }, () => {
  const program = join(import.meta.dirname, '../../rig/pack-large-tree.ts');
  const output = execFileSync(process.execPath, [program, temporaryFolder()], { encoding: 'utf8' });
  const { before, peak }: { before: number; peak: number } = JSON.parse(output);
  // 12 MiB of input and as much of output that is being compressed, and the chunks of tar and store.
  expect((peak - before) / mebibyte).toBeLessThan(50);
});
