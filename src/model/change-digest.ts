import { type Digest, digestOfJson } from './digest.ts';
import type { JsonObject } from './json.ts';
import type { ResourceIdentity } from './resource.ts';

/** What approvals, decisions and rows of runs bind: SHA-256 over a resource, the version it starts from and its inputs. */
export function changeDigest(resource: ResourceIdentity, from: string | null, inputs: JsonObject): Digest {
  return digestOfJson({ resource: { kind: resource.kind, name: resource.name }, from, inputs });
}
