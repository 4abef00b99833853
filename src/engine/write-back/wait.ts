import type { Timer } from '../../adapters/clock/timer.ts';

/** Lets time pass. Gives false where the run was cancelled meanwhile. */
export function wait(
  delayMs: number,
  options: { readonly timer: Timer; readonly signal?: AbortSignal },
): Promise<boolean> {
  return new Promise((resolve) => {
    const handle = options.timer.after(delayMs, () => end(true));
    function end(waited: boolean): void {
      handle.cancel();
      options.signal?.removeEventListener('abort', cancel);
      resolve(waited);
    }
    function cancel(): void {
      end(false);
    }
    options.signal?.addEventListener('abort', cancel, { once: true });
    if (options.signal?.aborted === true) {
      cancel();
    }
  });
}
