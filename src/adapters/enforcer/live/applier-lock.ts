import { join } from 'node:path';
import { failure, type Result } from '../../../model/result.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';

/** One applier at a time in a namespace, whatever list and path. SK7305 where another one is at work; SK3041, SK3103. */
export async function lockNamespace(
  namespace: string,
  list: string,
  { lockAt, stateFolder }: LiveEnforcerOptions,
  signal: AbortSignal | undefined,
): Promise<Result<AsyncDisposable>> {
  const path = join(stateFolder, `namespace-${namespace}.lock`);
  const lock = await lockAt(path).acquire({
    run: `allow-list ${list}`,
    timeoutMs: 0,
    ...(signal === undefined ? {} : { signal }),
  });
  return lock.ok || lock.diagnostics[0]?.code !== 'SK3040'
    ? lock
    : failure({
        code: 'SK7305',
        severity: 'error',
        message: `another process is applying a list to the namespace of ${list}`,
        hint: `wait for it or end it; the lock ${path} is given back when it ends`,
        failure: 'transient',
      });
}
