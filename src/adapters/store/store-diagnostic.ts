import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';

/** The diagnostics of stores (docs/diagnostics/store.md); `where` is a path or an address. */
export const storeDiagnostic = {
  missing: (digest: Digest, where: string): Diagnostic => ({
    code: 'SK7001',
    severity: 'error',
    message: `blob ${digest} is not in the store at ${where}`,
    hint: 'build the image again, or copy the blob from a store that has it',
    failure: 'stalled',
  }),
  corrupt: (digest: Digest, where: string, found: Digest): Diagnostic => ({
    code: 'SK7002',
    severity: 'error',
    message: `the blob at ${where} is damaged: it should be ${digest} and is ${found}`,
    hint: 'check the disk, then remove the file and copy the blob from another store, or build the image again',
    failure: 'stalled',
  }),
  corruptInCache: (digest: Digest, where: string, found: Digest): Diagnostic => ({
    code: 'SK7002',
    severity: 'error',
    message: `the cached blob at ${where} was damaged: it should be ${digest} and was ${found}; it was removed`,
    hint: 'run the command again, the blob is then made anew; check the disk if it happens twice',
    failure: 'transient',
  }),
  unexpected: (expected: Digest, found: Digest, what: string): Diagnostic => ({
    code: 'SK7003',
    severity: 'error',
    message: `${what} should have the digest ${expected} and has ${found}; nothing was stored`,
    hint: 'look whether the source changed or was cut short; if the change is wanted, update the digest',
    failure: 'stalled',
  }),
  tooLarge: (digest: Digest, sizeBytes: number, limitBytes: number): Diagnostic => ({
    code: 'SK7004',
    severity: 'error',
    message: `blob ${digest} has ${sizeBytes} bytes, at most ${limitBytes} are read at this place`,
    hint: 'look which record names this blob; it is not what the record says',
    failure: 'stalled',
  }),
  notAFile: (path: string): Diagnostic => ({
    code: 'SK7008',
    severity: 'error',
    message: `${path} is not a regular file, so it cannot be stored`,
    hint: 'look what should have made the file',
    failure: 'stalled',
  }),
  targetExists: (path: string): Diagnostic => ({
    code: 'SK7007',
    severity: 'error',
    message: `${path} is there already`,
    hint: 'choose another name, or remove the file first',
    failure: 'stalled',
  }),
};

/** The diagnostic of a system call that failed: SK7005 where space ran out, else SK7006. */
export function storeFailure(what: string, path: string, error: NodeJS.ErrnoException): Diagnostic {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') {
    return {
      code: 'SK7005',
      severity: 'error',
      message: `${what}: no space is left for ${path}`,
      hint: 'free space there (the cache folder may be deleted at any time), or set another folder in the host configuration',
      failure: 'transient',
    };
  }
  return {
    code: 'SK7006',
    severity: 'error',
    message: `${what}: ${path} could not be used (${error.code ?? error.message})`,
    hint: 'look at owner, mode and mount of the folder',
    failure: 'transient',
  };
}

/** Whether an exception is a failed system call, and so an expected failure. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
