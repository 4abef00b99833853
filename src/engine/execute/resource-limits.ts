import type { Action, ResourceClass } from '../../model/action.ts';

/** What the host gives to all running actions together; a class that is not named has no limit. */
export type ResourceLimits = Partial<Readonly<Record<ResourceClass, number>>>;

/** An amount of each resource class, in one fixed order. */
export type Demand = readonly number[];

export function isSameDemand(left: Demand, right: Demand): boolean {
  return left.every((amount, index) => amount === right[index]);
}

export interface HostResources {
  /** What the action uses while it runs, at most all that there is: what wants more can run alone. */
  demandOf(action: Action): Demand;
  /** Whether that much is left now. */
  fits(demand: Demand): boolean;
  take(demand: Demand): void;
  giveBack(demand: Demand): void;
}

/** Keeps count of what running actions use. */
export function createHostResources(limits: ResourceLimits): HostResources {
  const totals = resourceClasses.map((name) => limits[name] ?? Number.POSITIVE_INFINITY);
  const left = [...totals];

  function add(demand: Demand, sign: 1 | -1): void {
    for (let index = 0; index < left.length; index++) {
      left[index] = (left[index] ?? 0) + sign * (demand[index] ?? 0);
    }
  }

  return {
    demandOf: ({ uses }) =>
      resourceClasses.map((name, index) =>
        Math.min(uses?.[name] ?? (name === 'cpu' ? 1 : 0), totals[index] ?? 0),
      ),
    fits: (demand) => demand.every((amount, index) => amount <= (left[index] ?? 0)),
    take: (demand) => add(demand, -1),
    giveBack: (demand) => add(demand, 1),
  };
}

const resourceClasses: readonly ResourceClass[] = ['cpu', 'memory', 'disk', 'kvm', 'network'];
