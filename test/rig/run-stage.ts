import type { LocalStore } from '../../src/adapters/store/store.ts';
import type { Stage } from '../../src/engine/stage.ts';
import { actionId, type BlobReference, type StageOutput } from '../../src/model/action.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Result } from '../../src/model/result.ts';
import { asJson } from '../../src/stages/stage-input.ts';
import { tarChunks } from '../../src/tree/tar-chunks.ts';
import type { Tree } from '../../src/tree/tree.ts';
import { expectValue } from './expect-result.ts';

const resource = { kind: 'SandboxImageSpec', name: 'lab' };

/** Runs one stage on a tree that an action before it is said to have made. */
export async function runStage(
  stage: Stage,
  given: {
    readonly input: object;
    readonly cache: LocalStore;
    readonly tree: Tree;
    readonly data: JsonObject;
    readonly blobs?: Readonly<Record<string, BlobReference>>;
  },
): Promise<Result<StageOutput>> {
  const tree = expectValue(await given.cache.put(tarChunks(given.tree)));
  const before = actionId(resource, 'before');
  return stage.run(
    {
      id: actionId(resource, stage.name),
      resource,
      stage: stage.name,
      effect: stage.effect,
      needs: [before],
      input: asJson(given.input),
      timeoutMs: 60_000,
    },
    {
      scratch: { path: '/nonexistent', inMemory: false, [Symbol.asyncDispose]: async () => {} },
      cache: given.cache,
      log: () => {},
      signal: new AbortController().signal,
      timeoutMs: 60_000,
      needs: new Map([[before, { blobs: { tree, ...given.blobs }, data: given.data }]]),
    },
  );
}
