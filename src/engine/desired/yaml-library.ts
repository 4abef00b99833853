import { createRequire } from 'node:module';

/**
 * The yaml library, loaded with the first document that needs it: most are read without
 * ([plain-yaml](plain-yaml.ts)), and loading it takes longer than a whole plan of what is remembered.
 */
export function yamlLibrary(): typeof import('yaml') {
  return load('yaml');
}

const load = createRequire(import.meta.url);
