/** Whether an exception is a failed system call (disk full, file gone), and so an expected failure. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
