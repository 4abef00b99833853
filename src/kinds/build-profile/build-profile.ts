import { namedReference } from '../../engine/desired/named-reference.ts';
import type { Kind } from '../../engine/kind.ts';

/** Defaults of how images are built and of what is in them. */
export const buildProfileKind: Kind = {
  name: 'BuildProfile',
  folder: 'profiles',
  schemaFile: 'BuildProfile.json',
  layers: [],
  references: (document) => namedReference(document, '/extends', 'BuildProfile', 'extends'),
};
