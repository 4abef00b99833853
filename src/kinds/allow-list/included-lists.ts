import type { ResolvedResource } from '../../model/resource.ts';

/** Lists by name. */
export type Lists = ReadonlyMap<string, ResolvedResource>;

export function includedNames({ spec }: Pick<ResolvedResource, 'spec'>): readonly string[] {
  const include = spec['include'];
  return Array.isArray(include) ? include.filter((name) => typeof name === 'string') : [];
}

/** A list and all that it takes in, each once, the list itself first. */
export function withIncluded(resource: ResolvedResource, lists: Lists): readonly ResolvedResource[] {
  const found = new Set([resource]);
  for (const list of found) {
    for (const name of includedNames(list)) {
      const included = lists.get(name);
      if (included !== undefined) {
        found.add(included);
      }
    }
  }
  return [...found];
}

/** Each list after all those of the others that it takes in. */
export function includesFirst(resources: readonly ResolvedResource[]): readonly ResolvedResource[] {
  const lists: Lists = new Map(resources.map((resource) => [resource.identity.name, resource]));
  const ordered = new Set<ResolvedResource>();
  for (const resource of resources) {
    place(resource);
  }
  return [...ordered];

  function place(resource: ResolvedResource): void {
    if (ordered.has(resource)) {
      return;
    }
    for (const name of includedNames(resource)) {
      const included = lists.get(name);
      if (included !== undefined) {
        place(included);
      }
    }
    ordered.add(resource);
  }
}
