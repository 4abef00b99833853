import type { CheckContext } from '../../engine/kind.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { SandboxImageSpec } from './schema.ts';

/** The resolved spec with its type. Its documents have passed the schema that the type is made from. */
export function imageSpecOf(resource: ResolvedResource): SandboxImageSpec {
  return resource.spec as unknown as SandboxImageSpec;
}

/** The image and all that it is built on, nearest first. Validation has refused cycles. */
export function withAncestors(
  resource: ResolvedResource,
  context: CheckContext,
): readonly ResolvedResource[] {
  const line: ResolvedResource[] = [];
  let current: ResolvedResource | undefined = resource;
  while (current !== undefined) {
    line.push(current);
    const { from } = imageSpecOf(current);
    current = from === undefined ? undefined : context.resource(resource.identity.kind, from);
  }
  return line;
}
