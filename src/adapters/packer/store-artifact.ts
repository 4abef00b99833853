import { type Result, success } from '../../model/result.ts';
import type { WorkContext } from '../work-context.ts';
import type { PackedArtifact } from './packer.ts';

/** Moves a finished file of the scratch folder into the cache store, as an artifact. */
export async function storeArtifact(
  path: string,
  artifact: Omit<PackedArtifact, 'blob'>,
  context: WorkContext,
): Promise<Result<PackedArtifact>> {
  const blob = await context.cache.putFile(path, { move: true });
  return blob.ok ? success({ ...artifact, blob: blob.value }) : blob;
}
