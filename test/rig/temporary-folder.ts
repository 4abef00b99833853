import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that is gone when the test ends. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(realpathSync(tmpdir()), 'sandkiln-test-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
