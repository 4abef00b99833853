import { namedReference } from '../../engine/desired/named-reference.ts';
import type { Kind } from '../../engine/kind.ts';

/** Defaults of what a machine may reach. */
export const networkProfileKind: Kind = {
  name: 'NetworkProfile',
  folder: 'profiles',
  schemaFile: 'NetworkProfile.json',
  layers: [],
  references: (document) => namedReference(document, '/extends', 'NetworkProfile', 'extends'),
};
