import { readFile } from 'node:fs/promises';
import { type Result, success } from '../../../model/result.ts';
import { runtimeProblem } from './runtime-problem.ts';

/** The host's busybox, for the small initrd: it has to be a 64-bit ELF program without interpreter. SK6001. */
export async function readStaticBusybox(path: string): Promise<Result<Uint8Array>> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && isStatic(bytes)
    ? success(bytes)
    : runtimeProblem(
        'SK6001',
        `${path} is ${bytes === undefined ? 'not there' : 'not a static program'}`,
        'install the Debian package busybox-static',
        'transient',
      );
}

/** Whether an ELF file has no PT_INTERP program header (System V ABI, chapter 5). */
function isStatic(file: Buffer): boolean {
  if (file.length < 64 || file.readUInt32BE(0) !== 0x7f454c46 || file[4] !== 2) {
    return false;
  }
  const tableAt = Number(file.readBigUInt64LE(32));
  const entryBytes = file.readUInt16LE(54);
  const count = file.readUInt16LE(56);
  for (let index = 0; index < count; index++) {
    const at = tableAt + index * entryBytes;
    if (at + 4 > file.length || file.readUInt32LE(at) === 3) {
      return false;
    }
  }
  return true;
}
