import type { Catalog } from '../engine/catalog/read-catalog.ts';
import type { BoundRevision, SandboxImage } from '../model/record.ts';

/**
 * The revision of its allow-list that an image stands under: of an active version the last one that it was checked
 * under, of another the one that it was built under. Nothing where it has no list.
 */
export function boundRevision(
  { images }: Pick<Catalog, 'images'>,
  { name, version, inputs }: Pick<SandboxImage, 'name' | 'version' | 'inputs'>,
): BoundRevision | undefined {
  const state = images.get(name);
  return state?.active === version && state.inputs !== null ? state.inputs.allowList : inputs.allowList;
}

/** `lab-egress revision 4`. */
export function boundRevisionText(bound: BoundRevision | undefined): string {
  return bound === undefined ? '-' : `${bound.name} revision ${bound.revision}`;
}
