import { access, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Result, success } from '../../../model/result.ts';
import type { WorkContext } from '../../work-context.ts';
import { optionValue } from './qemu-arguments.ts';
import { runtimeProblem } from './runtime-problem.ts';

/**
 * Arguments for a machine that starts by firmware. SeaBIOS is QEMU's own; UEFI is OVMF with a fresh copy of its
 * variables in the scratch folder, so that nothing is left from one machine to the next. SK6010 where it is missing.
 */
export async function firmwareArguments(
  firmware: 'bios' | 'uefi',
  firmwareFolder: string,
  context: WorkContext,
): Promise<Result<readonly string[]>> {
  if (firmware === 'bios') {
    return success([]);
  }
  const code = join(firmwareFolder, 'OVMF_CODE_4M.fd');
  const variables = join(context.scratch.path, 'uefi-variables.fd');
  try {
    await access(code);
    await copyFile(join(firmwareFolder, 'OVMF_VARS_4M.fd'), variables);
  } catch (error) {
    return runtimeProblem(
      'SK6010',
      `there is no UEFI firmware in ${firmwareFolder} (${error instanceof Error ? error.message : String(error)})`,
      'install the Debian package ovmf',
      'transient',
    );
  }
  return success([
    '-drive',
    `if=pflash,unit=0,format=raw,readonly=on,file=${optionValue(code)}`,
    '-drive',
    `if=pflash,unit=1,format=raw,file=${optionValue(variables)}`,
  ]);
}
