import type { PlannedKind, RetirementContext } from '../../engine/plan/planner.ts';
import { changeDigest } from '../../model/change-digest.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { Change } from '../../model/plan.ts';

/** Active images whose spec is gone. More of them than the safeguard allows are a finding that stops the plan. */
export function retirements(context: RetirementContext): Omit<PlannedKind, 'unchanged'> {
  const changes = [...context.orphans]
    .map(([name, version]) => retirement(name, version))
    .sort((left, right) => compareCodePoints(left.resource.name, right.resource.name));
  const diagnostics = overSafeguard(changes, context);
  return { changes, diagnostics };
}

function retirement(name: string, from: string): Change {
  const resource = { kind: 'SandboxImageSpec', name };
  return {
    resource,
    type: 'retire',
    conditionalOn: null,
    from,
    to: null,
    inputs: {},
    reasons: [{ text: 'no spec names it any more' }],
    digest: changeDigest(resource, from, {}),
    stalled: null,
  };
}

function overSafeguard(changes: readonly Change[], context: RetirementContext): readonly Diagnostic[] {
  const { maxRetirePercent } = context.safeguards;
  const active = context.activeCount;
  const percent = active === 0 ? 0 : (100 * changes.length) / active;
  if (changes.length === 0 || percent <= maxRetirePercent) {
    return [];
  }
  const names = changes.map((change) => change.resource.name);
  return [
    {
      code: 'SK3201',
      severity: 'error',
      message: `the plan retires ${changes.length} of ${active} active images (${names.slice(0, 5).join(', ')}${names.length > 5 ? ' …' : ''}), more than the safeguard of ${maxRetirePercent} % allows`,
      hint: 'bring the specs back, or raise spec.safeguards.maxRetirePercent in sandkiln.yaml in the same commit',
      failure: 'stalled',
    },
  ];
}
