import { namedReference } from '../../engine/desired/named-reference.ts';
import type { Kind } from '../../engine/kind.ts';

/** Defaults of the machine that an image runs on. */
export const runProfileKind: Kind = {
  name: 'RunProfile',
  folder: 'profiles',
  schemaFile: 'RunProfile.json',
  layers: [],
  references: (document) => [
    ...namedReference(document, '/extends', 'RunProfile', 'extends'),
    ...namedReference(document, '/allowList', 'AllowList', 'allowList'),
  ],
};
