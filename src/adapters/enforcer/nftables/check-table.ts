import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { CheckedBy, ExportedFile } from '../enforcer.ts';
import { refusedByProgram } from '../export-problem.ts';

/**
 * Has nft judge a file against an empty network namespace of its own, so nothing of this host is asked or touched; by a
 * user namespace where there are no rights to make one. SK7212 where nft refuses it or cannot be asked.
 */
export async function checkTable(
  file: ExportedFile,
  processes: ProcessRunner,
  { timeoutMs, signal }: WorkContext,
): Promise<Result<CheckedBy>> {
  const asOthers = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const [checked, version] = await Promise.all([
    processes.run(
      { file: 'unshare', arguments: [...asOthers, '--net', 'nft', '--check', '--file', '-'] },
      { stdin: file.bytes, timeoutMs, signal },
    ),
    processes.run({ file: 'nft', arguments: ['--version'] }, { timeoutMs, signal }),
  ]);
  return checked.ended === 'exited' && checked.exitCode === 0
    ? success({ program: 'nft', version: /v([\d.]+)/.exec(version.stdout.toString())?.[1] ?? 'unknown' })
    : failure(refusedByProgram('nft', file.name, checked.startError ?? checked.stderr));
}
