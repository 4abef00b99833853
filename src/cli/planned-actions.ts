import { loadPipelines } from '../compose.ts';
import { pipelineActions } from '../engine/pipeline.ts';
import { fileDigests } from '../engine/plan/named-files.ts';
import type { Action } from '../model/action.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { PackageLock } from '../model/package-lock.ts';
import type { Plan } from '../model/plan.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { PlannedState } from './loaded-state.ts';

/** The actions that carry out a plan, with the locks of the images that it changes and of their parents read. */
export async function plannedActions(state: PlannedState, plan: Plan): Promise<Result<readonly Action[]>> {
  const locks = await readLocks(state, plan);
  if (!locks.ok) {
    return locks;
  }
  return success(
    pipelineActions(
      {
        plan,
        resource: (kind, name) => state.desired.resources.get(kind)?.get(name),
        active: state.view.active,
        locks: locks.value,
        files: fileDigests(state.files),
      },
      await loadPipelines(),
    ),
  );
}

async function readLocks(state: PlannedState, plan: Plan): Promise<Result<ReadonlyMap<string, PackageLock>>> {
  const names = new Set<string>();
  for (const { resource } of plan.changes) {
    names.add(resource.name);
    const parent = state.desired.resources.get(resource.kind)?.get(resource.name)?.spec['from'];
    if (typeof parent === 'string') {
      names.add(parent);
    }
  }
  const locks = new Map<string, PackageLock>();
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const version = state.view.active.get(name)?.version;
    const lock = version === undefined ? success(undefined) : await state.catalog.lock(name, version);
    if (!lock.ok) {
      diagnostics.push(...lock.diagnostics);
    } else if (lock.value !== undefined) {
      locks.set(name, lock.value);
    }
  }
  return diagnostics.length > 0 ? failure(...diagnostics) : success(locks);
}
