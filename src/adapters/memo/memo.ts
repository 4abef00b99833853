/**
 * Text that saves work and nothing else: it may be deleted at any time, and may be lost or older than expected. What
 * reads it checks its form and must be right without it.
 */
export interface Memo {
  /** Nothing where it was never written, or cannot be read. */
  read(): Promise<string | undefined>;
  /** The same as UTF-8, for a long text that is checked before it is decoded. */
  readBytes(): Promise<Buffer | undefined>;
  /** A failure to write is not told: the work is then done again. */
  write(text: string): Promise<void>;
}
