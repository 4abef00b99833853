import type { AllowListState } from '../../model/allow-list-record.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ImageState, SandboxImage } from '../../model/record.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Catalog } from './read-catalog.ts';

/** What a plan reads of the catalog, loaded beforehand so that planning stays pure. */
export interface CatalogView {
  /** State of every image that the catalog knows, by name. */
  readonly states: ReadonlyMap<string, ImageState>;
  /** The active image record, by image name. */
  readonly active: ReadonlyMap<string, SandboxImage>;
  /** State of every allow-list that the catalog knows, by name. */
  readonly allowLists: ReadonlyMap<string, AllowListState>;
}

export const emptyCatalogView: CatalogView = { states: new Map(), active: new Map(), allowLists: new Map() };

/** Reads the active record of every image. Fails with every malformed one in one go. */
export async function loadCatalogView(catalog: Catalog): Promise<Result<CatalogView>> {
  const active = new Map<string, SandboxImage>();
  const diagnostics: Diagnostic[] = [];
  const records = [...catalog.images].map(async ([name, state]) => {
    if (state.active === null) {
      return;
    }
    const image = await catalog.image(name, state.active);
    if (image.ok) {
      active.set(name, image.value);
    } else {
      diagnostics.push(...image.diagnostics);
    }
  });
  await Promise.all(records);
  return diagnostics.length > 0
    ? failure(...diagnostics)
    : success({ states: catalog.images, active, allowLists: catalog.allowLists });
}
