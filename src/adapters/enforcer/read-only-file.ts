import type { DestinationRule } from '../../model/allow-list.ts';
import { failure, type Result } from '../../model/result.ts';
import type { ExportedFile } from './enforcer.ts';
import { notInItsForm } from './export-problem.ts';

/** Reads an export that is one file; SK7211 where it is none or several. */
export function readOnlyFile(
  [file, ...others]: readonly ExportedFile[],
  read: (file: ExportedFile) => Result<readonly DestinationRule[]>,
): Result<readonly DestinationRule[]> {
  return file === undefined || others.length > 0
    ? failure(notInItsForm(others[0]?.name ?? 'no file'))
    : read(file);
}
