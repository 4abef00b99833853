import type { ResolvedResource } from '../model/resource.ts';
import { type Result, success } from '../model/result.ts';
import type { WholeState } from './loaded-state.ts';
import type { PlanView } from './plan-view.ts';

/** The whole state as a view of its plan. */
export function wholeView(state: Result<WholeState>): Result<PlanView> {
  if (!state.ok) {
    return state;
  }
  const { commit, made, desired, catalog, resources } = state.value;
  const images = desired.resources.get('SandboxImageSpec') ?? new Map<string, ResolvedResource>();
  return success({
    commit,
    made,
    warnings: desired.warnings,
    head: catalog.head?.head ?? null,
    images: async () => ({
      resources: new Set(resources.map(({ identity }) => identity.name)),
      wanted: new Map([...images].map(([name, { spec }]) => [name, String(spec['version'])])),
      active: new Map([...catalog.images].map(([name, { active }]) => [name, active])),
      allowLists: {
        wanted: new Set(desired.resources.get('AllowList')?.keys() ?? []),
        active: new Map(
          [...catalog.allowLists].map(([name, { inputs, revision }]) => [
            name,
            inputs === null ? null : String(revision),
          ]),
        ),
      },
    }),
    load: async () => state,
  });
}
