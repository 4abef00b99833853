import type { ResolvedResource } from '../../model/resource.ts';

/** Images in an order in which every parent stands before its children; validation has refused cycles. */
export function parentsFirst(resources: readonly ResolvedResource[]): readonly ResolvedResource[] {
  const byName = new Map(resources.map((resource) => [resource.identity.name, resource]));
  const placed = new Set<string>();
  const ordered: ResolvedResource[] = [];
  for (const resource of resources) {
    const chain: ResolvedResource[] = [];
    let current: ResolvedResource | undefined = resource;
    while (current !== undefined && !placed.has(current.identity.name)) {
      placed.add(current.identity.name);
      chain.push(current);
      const from: unknown = current.spec['from'];
      current = typeof from === 'string' ? byName.get(from) : undefined;
    }
    ordered.push(...chain.reverse());
  }
  return ordered;
}
