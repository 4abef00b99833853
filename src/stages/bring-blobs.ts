import { join } from 'node:path';
import type { LocalStore, Store } from '../adapters/store/store.ts';
import type { WorkContext } from '../adapters/work-context.ts';
import type { Digest } from '../model/digest.ts';
import { hexOf } from '../model/digest.ts';
import type { Result } from '../model/result.ts';
import { success } from '../model/result.ts';

/**
 * Copies into `context.cache` those blobs that it lacks and `from` has. Blobs that neither has are left out; the
 * caller looks again and knows what their absence means.
 */
export async function bringBlobs(
  digests: readonly Digest[],
  from: Store,
  context: Pick<WorkContext, 'cache' | 'scratch'>,
): Promise<Result<void>> {
  const there = await context.cache.has(digests);
  const missing = [...new Set(digests)].filter((digest) => !there.has(digest));
  const available = await from.has(missing);
  for (const digest of missing) {
    if (available.has(digest)) {
      const brought = await bringBlob(digest, from, context);
      if (!brought.ok) {
        return brought;
      }
    }
  }
  return success(undefined);
}

async function bringBlob(
  digest: Digest,
  from: Store,
  { cache, scratch }: Pick<WorkContext, 'cache' | 'scratch'>,
): Promise<Result<unknown>> {
  if (isLocal(from)) {
    return cache.adopt(digest, from);
  }
  const path = join(scratch.path, hexOf(digest));
  const written = await from.writeTo(digest, path);
  return written.ok ? cache.putFile(path, { expected: digest, move: true }) : written;
}

/** Copies out of the cache into a store; a blob that the cache lacks is a failure of the caller's making. */
export async function publishBlobs(
  digests: readonly Digest[],
  to: Store,
  cache: LocalStore,
): Promise<Result<void>> {
  const unique = [...new Set(digests)];
  const there = await to.has(unique);
  for (const digest of unique) {
    if (there.has(digest)) {
      continue;
    }
    const published = isLocal(to)
      ? await to.adopt(digest, cache)
      : await to.putFile(cache.pathOf(digest), { expected: digest });
    if (!published.ok) {
      return published;
    }
  }
  return success(undefined);
}

function isLocal(store: Store): store is LocalStore {
  return 'adopt' in store;
}
