// `npm test`: sets everything up, checks, runs all tests, and ends with one line that says how many passed and failed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUp } from './setup.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
setUp({ forTests: true });

const report = join(mkdtempSync(join(tmpdir(), 'sandkiln-test-report-')), 'report.json');
const environment = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH}` };
const checked = spawnSync('npm', ['run', '--silent', 'check'], {
  cwd: root,
  env: environment,
  stdio: ['ignore', 'inherit', 'inherit'],
});
spawnSync(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'inherit', 'inherit'],
  },
);

let passed = 0;
let failed = checked.status === 0 ? 0 : 1;
let skipped = 0;
try {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  passed = counts.numPassedTests;
  failed += counts.numFailedTests + (counts.numFailedTests === 0 ? counts.numFailedTestSuites : 0);
  skipped = counts.numPendingTests + counts.numTodoTests;
  if (!counts.success && failed === 0) {
    failed = 1;
  }
} catch (error) {
  process.stderr.write(`the test runner left no report: ${error instanceof Error ? error.message : error}\n`);
  failed += 1;
}
rmSync(dirname(report), { recursive: true, force: true });
if (process.env.CI === 'true' && skipped > 0) {
  process.stderr.write(`${skipped} tests were skipped, which CI does not allow\n`);
  failed += 1;
}
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
