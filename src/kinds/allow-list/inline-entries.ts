import type { BoundedFindings } from '../../allow-list/bounded-findings.ts';
import type { EntryOrigin, ListedEntry } from '../../allow-list/listed-entry.ts';
import { normaliseEntry } from '../../allow-list/normalise-entry.ts';
import { placeInResolved } from '../../engine/desired/resolve.ts';
import type { ResolvedResource } from '../../model/resource.ts';

/** The entries that a list's own document holds, in normal form; what is wrong with the others goes to `findings`. */
export function inlineEntries(
  resource: ResolvedResource,
  findings?: Pick<BoundedFindings, 'add'>,
): readonly ListedEntry[] {
  const { entries } = resource.spec;
  const { name } = resource.identity;
  const origin = documentOrigin(resource);
  const listed: ListedEntry[] = [];
  for (const [index, raw] of (Array.isArray(entries) ? entries : []).entries()) {
    const normal = normaliseEntry(raw, name);
    for (const { severity, code, message, hint, pointer } of normal.ok ? normal.warnings : normal.problems) {
      findings?.add(severity, () => ({
        code,
        message: `${name}: ${message}`,
        hint,
        place: origin.placeOf(index, pointer),
      }));
    }
    if (normal.ok) {
      listed.push({ entry: normal.entry, status: normal.status, origin, index });
    }
  }
  return listed;
}

function documentOrigin(resource: ResolvedResource): EntryOrigin {
  return {
    placeOf: (index, pointer) =>
      placeInResolved(resource, `/entries/${index}${pointer}`) ?? { file: resource.file },
  };
}
