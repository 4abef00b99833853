import { closest } from 'fastest-levenshtein';
import type { Catalog } from '../engine/catalog/read-catalog.ts';
import type { SandboxImage } from '../model/record.ts';
import { failure, type Result } from '../model/result.ts';

/** An image of the catalog by `NAME` (the active version) or `NAME@VERSION`. SK9022 where there is none. */
export async function findImage(catalog: Catalog, text: string): Promise<Result<SandboxImage>> {
  const at = text.indexOf('@');
  const name = at === -1 ? text : text.slice(0, at);
  const state = catalog.images.get(name);
  if (state === undefined) {
    const names = [...catalog.images.keys()];
    return failure({
      code: 'SK9022',
      severity: 'error',
      message: `the catalog has no image ${JSON.stringify(name)}`,
      hint: catalog.allowLists.has(name)
        ? `it is an allow-list: sandkiln allow-list show ${text}`
        : names.length === 0
          ? 'build one first: sandkiln reconcile'
          : `the nearest name is ${closest(name, names)}`,
    });
  }
  const versions = [...(catalog.versions.get(name) ?? [])].sort();
  const version = at === -1 ? state.active : text.slice(at + 1);
  if (version === null) {
    return failure({
      code: 'SK9022',
      severity: 'error',
      message: `no image of ${name} is active`,
      hint:
        versions.length === 0
          ? `its build failed: sandkiln logs ${name}`
          : `name one of its versions: ${versions.map((known) => `${name}@${known}`).join(', ')}`,
    });
  }
  if (!versions.includes(version)) {
    return failure({
      code: 'SK9022',
      severity: 'error',
      message: `the catalog has no version ${JSON.stringify(version)} of ${name}`,
      hint: `its versions are ${versions.join(', ')}`,
    });
  }
  return catalog.image(name, version);
}
