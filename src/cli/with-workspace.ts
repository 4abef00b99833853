import { openWorkspace, type Workspace } from '../compose.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Invocation } from './command.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { reportDiagnostics } from './report.ts';

/** Opens the repository around the invocation's folder, and closes it again however the work ends. */
export async function withWorkspace(
  invocation: Invocation,
  work: (workspace: Workspace) => Promise<ExitCode>,
): Promise<ExitCode> {
  const opened = await openWorkspace(invocation.directory, invocation.environment);
  if (!opened.ok) {
    return failWith(invocation, opened.diagnostics);
  }
  await using workspace = opened.value;
  return await work(workspace);
}

/** Tells what went wrong; gives the exit code that stands for it. */
export async function failWith(
  invocation: Invocation,
  diagnostics: readonly Diagnostic[],
): Promise<ExitCode> {
  await reportDiagnostics(invocation, diagnostics);
  return exitCodeOf(diagnostics);
}
