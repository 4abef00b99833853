import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One finished command, seen from outside. */
export interface Measured {
  readonly exitCode: number | null;
  readonly wallMs: number;
  /** User and system time of the command and everything that it waited for. */
  readonly cpuMs: number;
  /** Peak resident memory of the command's own process, without its children. */
  readonly peakBytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MeasureOptions {
  readonly directory?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether stdout is kept; else it is read and thrown away. */
  readonly keepOutput?: boolean;
}

/** Runs a command to its end and measures it. Peak memory is sampled from the kernel's own high-water mark. */
export async function measureProcess(
  file: string,
  argv: readonly string[],
  options: MeasureOptions = {},
): Promise<Measured> {
  const childrenBefore = childrenCpuMs();
  const started = performance.now();
  const child = spawn(file, argv, {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let peakBytes = 0;
  const sampler = setInterval(() => {
    peakBytes = Math.max(peakBytes, highWaterMark(child.pid));
  }, 20);
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += options.keepOutput === true ? chunk.toString('utf8') : '';
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = `${stderr}${chunk.toString('utf8')}`.slice(-65_536);
  });
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(sampler);
  const wallMs = performance.now() - started;
  return { exitCode, wallMs, cpuMs: childrenCpuMs() - childrenBefore, peakBytes, stdout, stderr };
}

function highWaterMark(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Time of all children that were waited for, in clock ticks of a hundredth of a second (proc(5), fields 16 and 17). */
function childrenCpuMs(): number {
  const text = readFileSync('/proc/self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}
