import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobReference } from '../../../model/action.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import type { Digest } from '../../../model/digest.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { normaliseTree } from '../../../tree/normalise-tree.ts';
import { readTree } from '../../../tree/read-tree.ts';
import { tarChunks } from '../../../tree/tar-chunks.ts';
import type { LocalStore } from '../../store/store.ts';
import type { WorkContext } from '../../work-context.ts';
import { type BootstrapRequest, poolDigests } from '../builder.ts';
import { checkOutput, onlyOutput } from './check-output.ts';
import { type ProtocolRequest, protocolVersion } from './protocol.ts';
import { type ExternalCommand, type OperationContext, runOperation } from './run-operation.ts';

/**
 * The operation `build`. What comes back is an uncompressed tar that is believed in nothing: it is read as any hostile
 * tar is, normalised, and written anew into the cache. SK4021 to SK4027, and those of reading trees.
 */
export async function buildTree(
  external: ExternalCommand,
  request: BootstrapRequest,
  context: WorkContext,
): Promise<Result<BlobReference>> {
  const { name } = external;
  const { spec, sourceDateEpoch, lock, parentTree } = request;
  const scratch = await mkdtemp(join(context.scratch.path, 'build-'));
  const told = await runOperation(
    external,
    {
      protocol: protocolVersion,
      operation: 'build',
      spec,
      sourceDateEpoch,
      scratch,
      parentTree: parentTree ?? null,
      lock: lock ?? null,
      files: lock === undefined ? [] : await filesOf(poolDigests(lock), context.cache),
      limits: limitsOf(context, request.memoryBytes),
    },
    contextIn(scratch, context),
  );
  const output = told.ok ? onlyOutput(name, told.value, 'tree') : told;
  const checked = output.ok ? await checkOutput(name, output.value, scratch, context.signal) : output;
  if (!checked.ok) {
    return checked;
  }
  const tree = await readTree(checked.value.path);
  if (!tree.ok) {
    return failure(...tree.diagnostics.map((diagnostic) => faultOfBuilder(name, diagnostic)));
  }
  const parent = parentTree === undefined ? success(undefined) : await readTree(parentTree);
  if (!parent.ok) {
    return parent;
  }
  const normalised = normaliseTree(tree.value, {
    sourceDateEpoch,
    ...(parent.value === undefined ? {} : { parent: parent.value }),
  });
  return context.cache.put(tarChunks(normalised));
}

/** A tar that nobody can use is no fault of the inputs, so they are tried again in the next run. */
function faultOfBuilder(builder: string, { failure: _, ...diagnostic }: Diagnostic): Diagnostic {
  return { ...diagnostic, message: `the tree of the builder ${builder}: ${diagnostic.message}` };
}

/** What the cache has of these blobs, with the paths where a builder can read them. */
export async function filesOf(
  digests: readonly Digest[],
  cache: LocalStore,
): Promise<readonly { readonly digest: Digest; readonly path: string }[]> {
  const there = await cache.has(digests);
  return [...there].map((digest) => ({ digest, path: cache.pathOf(digest) }));
}

/** One operation in its own folder, within the limits of the job. */
export function contextIn(folder: string, { timeoutMs, signal, cpus, log }: WorkContext): OperationContext {
  return { folder, timeoutMs, signal, cpus, log };
}

export function limitsOf(
  { timeoutMs, cpus }: WorkContext,
  memoryBytes?: number,
): Extract<ProtocolRequest, { readonly operation: 'build' }>['limits'] {
  return { timeoutMs, cpus: cpus ?? null, memoryBytes: memoryBytes ?? null };
}
