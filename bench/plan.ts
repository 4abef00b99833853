// A plan without changes, whole process, with the built package; beside it what the process cannot go below.
// npm run build && node bench/plan.ts
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installPackage } from './installed-package.ts';
import { measureProcess } from './measure-process.ts';
import { mebibytes, median, seconds, table } from './table.ts';

const runs = 15;
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = mkdtempSync(join(tmpdir(), 'sandkiln-bench-plan-'));
const program = installPackage(join(work, 'package'));
const rows: string[][] = [];

try {
  await row('node, an empty program', process.execPath, ['--eval', '0']);
  await row('git status', 'git', ['status', '--porcelain']);
  await row('sandkiln --version', process.execPath, [program, '--version']);
  await row('sandkiln validate', process.execPath, [program, 'validate']);
  await row('sandkiln plan', process.execPath, [program, 'plan']);
  console.log(`this repository at ${git('rev-parse', '--short', 'HEAD')}, ${runs} runs each\n`);
  console.log(table(['command', 'median', 'fastest', 'slowest', 'CPU (median)', 'memory'], rows));
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function row(name: string, file: string, argv: readonly string[]): Promise<void> {
  const environment = { XDG_CONFIG_HOME: join(work, 'config') };
  const measured = [];
  for (let run = 0; run <= runs; run += 1) {
    const one = await measureProcess(file, argv, { directory: root, environment });
    if (one.exitCode !== 0) {
      throw new Error(`${name} ended with ${one.exitCode}\n${one.stderr}`);
    }
    if (run > 0) {
      measured.push(one);
    }
  }
  const walls = measured.map((one) => one.wallMs);
  rows.push([
    name,
    seconds(median(walls)),
    seconds(Math.min(...walls)),
    seconds(Math.max(...walls)),
    seconds(median(measured.map((one) => one.cpuMs))),
    mebibytes(Math.max(...measured.map((one) => one.peakBytes))),
  ]);
}

function git(...argv: readonly string[]): string {
  return execFileSync('git', argv, { cwd: root, encoding: 'utf8' }).trim();
}
