import { boundedFindings } from '../../allow-list/bounded-findings.ts';
import type { CheckContext, Kind, Reference } from '../../engine/kind.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ResolvedResource, ResourceDocument } from '../../model/resource.ts';
import { checkEntryFiles } from './check-entry-files.ts';
import { inlineEntries } from './inline-entries.ts';
import { allowListFolder, allowListKindName } from './kind-name.ts';

/** Destinations that sandboxes may reach. */
export const allowListKind: Kind = {
  name: allowListKindName,
  folder: allowListFolder,
  schemaFile: 'AllowList.json',
  layers: [],
  references: includes,
  check: checkAllowList,
};

function includes({ spec }: ResourceDocument): readonly Reference[] {
  const { include } = spec;
  return Array.isArray(include)
    ? include.flatMap((name, index) =>
        typeof name === 'string'
          ? [
              {
                pointer: `/spec/include/${index}`,
                kind: 'AllowList',
                name,
                role: 'include',
              } satisfies Reference,
            ]
          : [],
      )
    : [];
}

/**
 * What is wrong with the entries of the document itself, and with the paths of the files that it names. What is in
 * those files, and how entries of lists go together, `listEntries` tells.
 */
function checkAllowList(
  resource: ResolvedResource,
  _document: ResourceDocument,
  context: CheckContext,
): readonly Diagnostic[] {
  const findings = boundedFindings(resource.identity.name, resource.file);
  inlineEntries(resource, findings);
  return [...findings.all(), ...checkEntryFiles(resource, context)];
}
