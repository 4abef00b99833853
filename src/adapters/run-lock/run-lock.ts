import type { Result } from '../../model/result.ts';

/** One run at a time for each clone of a repository. */
export interface RunLock {
  /**
   * Waits at most `timeoutMs` for the lock; 0 does not wait. Held by another: SK3040, which names the holder
   * (exit code 4); unusable: SK3041. Disposing gives it back, and so does the end of this process, however it ends.
   */
  acquire(request: RunLockRequest): Promise<Result<AsyncDisposable>>;
}

export interface RunLockRequest {
  readonly run: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** What a lock says of whom it is held by. */
export interface RunLockHolder {
  readonly run: string;
  readonly pid: number;
  readonly host: string;
  /** ISO 8601 UTC. */
  readonly since: string;
}
