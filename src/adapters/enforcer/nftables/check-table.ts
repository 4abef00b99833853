import type { Result } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { askProgram } from '../ask-program.ts';
import type { CheckedBy, ExportedFile } from '../enforcer.ts';

/**
 * Has nft judge a file against an empty network namespace of its own, so nothing of this host is asked or touched; by a
 * user namespace where there are no rights to make one. SK7212 where nft refuses it or cannot be asked.
 */
export async function checkTable(
  file: ExportedFile,
  processes: ProcessRunner,
  context: WorkContext,
): Promise<Result<CheckedBy>> {
  const asOthers = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return await askProgram(
    {
      program: 'nft',
      fileName: file.name,
      command: {
        file: 'unshare',
        arguments: [...asOthers, '--net', 'nft', '--check', '--file', '-'],
      },
      stdin: file.bytes,
      versionArgument: '--version',
      versionPattern: /v([\d.]+)/,
      saidIn: ({ stderr }) => stderr,
    },
    processes,
    context,
  );
}
