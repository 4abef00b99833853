import type { Action, ResourceClass } from '../../model/action.ts';

/** What the host gives to all running actions together; a class that is not named has no limit. */
export type ResourceLimits = Partial<Readonly<Record<ResourceClass, number>>>;

export interface HostResources {
  /** Takes what the action uses, or says that there is not enough of it now. */
  take(action: Action): boolean;
  giveBack(action: Action): void;
}

/**
 * Keeps count of what running actions use. An action that wants more than there is at all gets all of it, so that it
 * can run alone.
 */
export function createHostResources(limits: ResourceLimits): HostResources {
  const used = new Map<ResourceClass, number>();

  function demands(action: Action): readonly (readonly [ResourceClass, number])[] {
    const uses = { cpu: 1, ...action.uses };
    return resourceClasses.map((name) => [
      name,
      Math.min(uses[name] ?? 0, limits[name] ?? Number.POSITIVE_INFINITY),
    ]);
  }

  function add(action: Action, sign: 1 | -1): void {
    for (const [name, amount] of demands(action)) {
      used.set(name, (used.get(name) ?? 0) + sign * amount);
    }
  }

  return {
    take: (action) => {
      const fits = demands(action).every(
        ([name, amount]) => (used.get(name) ?? 0) + amount <= (limits[name] ?? Number.POSITIVE_INFINITY),
      );
      if (fits) {
        add(action, 1);
      }
      return fits;
    },
    giveBack: (action) => add(action, -1),
  };
}

const resourceClasses: readonly ResourceClass[] = ['cpu', 'memory', 'disk', 'kvm', 'network'];
