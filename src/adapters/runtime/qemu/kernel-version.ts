import { open } from 'node:fs/promises';
import { type Result, success } from '../../../model/result.ts';
import { runtimeProblem } from './runtime-problem.ts';

const headerBytes = 64 * 1024;

/**
 * The release of an x86 bzImage (`6.1.0-30-cloud-amd64`), by which its modules are found: the string that
 * `kernel_version` of the setup header points to (Documentation/arch/x86/boot.rst). SK6009 for other files.
 */
export async function kernelVersion(kernelPath: string): Promise<Result<string>> {
  const file = await open(kernelPath, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    const header = buffer.subarray(0, bytesRead);
    const isKernel = header.length > 0x210 && header.toString('latin1', 0x202, 0x206) === 'HdrS';
    const start = isKernel ? header.readUInt16LE(0x20e) + 0x200 : header.length;
    const version = /^[0-9A-Za-z][0-9A-Za-z.+~_-]{0,127}(?=[ \0])/.exec(
      header.toString('latin1', start, start + 256),
    );
    return version === null
      ? runtimeProblem(
          'SK6009',
          `the kernel ${kernelPath} is not a bzImage with a version`,
          'install a Debian kernel package, such as linux-image-cloud-amd64, in the image',
        )
      : success(version[0]);
  } finally {
    await file.close();
  }
}
