/**
 * Gives memory back now; else it stays until V8 collects garbage, which tens of megabytes of dead buffers do not
 * hurry. The bytes are gone: nothing may read or write there any more, an unfinished system call included.
 * For memory that no other buffer shares, which is so for `Buffer.allocUnsafeSlow`.
 */
export function releaseMemory(memory: ArrayBufferLike): void {
  if (memory instanceof ArrayBuffer) {
    memory.transfer(0);
  }
}
