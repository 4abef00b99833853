import type { Change, ChangeType, Plan } from '../../model/plan.ts';
import { identityText, type ResourceIdentity } from '../../model/resource.ts';
import { printable } from './printable.ts';

const signs: Readonly<Record<ChangeType, string>> = {
  create: '+',
  rebuild: '~',
  supersede: '^',
  revise: '~',
  expire: '!',
  retire: '-',
};

/** Told where there are some. */
const lists = ['revise', 'expire'] as const;

/** A plan as people read it; the last line is a summary that scripts can grep. */
export function planText(plan: Plan): string {
  const blocks = plan.changes.map(changeText);
  return [...blocks, planSummary(plan), ''].join('\n');
}

/** `plan: 1 to create, 0 to rebuild, 0 to supersede, 0 to retire, 3 unchanged`. */
export function planSummary({ changes, unchanged }: Plan): string {
  const count = (type: ChangeType) =>
    changes.filter((change) => change.type === type && !isHeldBack(change)).length;
  const conditional = changes.filter((change) => change.conditionalOn !== null).length;
  const stalled = changes.filter((change) => change.stalled !== null).length;
  const parts = [
    `${count('create')} to create`,
    `${count('rebuild')} to rebuild`,
    `${count('supersede')} to supersede`,
    ...lists.filter((type) => count(type) > 0).map((type) => `${count(type)} to ${type}`),
    `${count('retire')} to retire`,
    ...(conditional > 0 ? [`${conditional} conditional`] : []),
    ...(stalled > 0 ? [`${stalled} stalled`] : []),
    `${unchanged} unchanged`,
  ];
  return `plan: ${parts.join(', ')}`;
}

/** What of a resource others stand on. */
function outputOf({ kind }: ResourceIdentity): string {
  return kind === 'AllowList' ? 'revision' : 'tree';
}

function isHeldBack(change: Change): boolean {
  return change.stalled !== null || change.conditionalOn !== null;
}

function changeText(change: Change): string {
  const sign = change.conditionalOn === null ? signs[change.type] : '?';
  const versions = `${change.from ?? 'nothing'} → ${change.to ?? 'retired'}`;
  const condition =
    change.conditionalOn === null
      ? ''
      : `, if ${identityText(change.conditionalOn)} gives a new ${outputOf(change.conditionalOn)}`;
  const lines = [
    `${sign} ${identityText(change.resource)}: ${change.type} (${versions})${condition}`,
    ...change.reasons.map((reason) => `    ${printable(reason.text)}`),
  ];
  if (change.stalled !== null) {
    lines.push(
      change.stalled.run === null
        ? '    stalled: it waits for a decision'
        : `    stalled: the same inputs failed in run ${change.stalled.run}; not tried again until they change`,
      ...change.stalled.diagnostics.map(
        (diagnostic) => `      ${diagnostic.code} ${printable(diagnostic.message)}`,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}
