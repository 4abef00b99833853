import { imageStatePath, isResourceName } from '../../engine/catalog/paths.ts';
import { catalogRecords, readImageState } from '../../engine/catalog/read-catalog.ts';
import type { CatalogPart, CatalogSource } from '../../engine/plan/planner.ts';
import type { ImageState, SandboxImage } from '../../model/record.ts';
import { type Result, success } from '../../model/result.ts';

/** Records that are asked for at a time. */
const readsAtOnce = 1000;

/** States and active records of some images; names that the catalog does not know are left out. */
export async function readImages(
  { git, commit, reader }: CatalogSource,
  names: readonly string[],
): Promise<Result<CatalogPart>> {
  const states = new Map<string, ImageState>();
  const active = new Map<string, SandboxImage>();
  const records = catalogRecords(git, commit);
  const known = names.filter(isResourceName);
  for (let start = 0; start < known.length; start += readsAtOnce) {
    const read = await Promise.all(known.slice(start, start + readsAtOnce).map(readImage));
    for (const image of read) {
      if (!image.ok) {
        return image;
      }
      if (image.value.state !== undefined) {
        states.set(image.value.state.name, image.value.state);
      }
      if (image.value.active !== undefined) {
        active.set(image.value.active.name, image.value.active);
      }
    }
  }
  return success({
    active: new Map([...states].map(([name, state]) => [name, state.active])),
    view: { states, active },
  });

  async function readImage(
    name: string,
  ): Promise<Result<{ readonly state?: ImageState; readonly active?: SandboxImage }>> {
    const path = imageStatePath(name);
    const entry = await reader.entryAt(path);
    if (!entry.ok) {
      return entry;
    }
    if (entry.value?.path !== path) {
      return success({});
    }
    const state = await readImageState(git, name, entry.value.id);
    if (!state.ok || state.value.active === null) {
      return state.ok ? success({ state: state.value }) : state;
    }
    const image = await records.image(name, state.value.active);
    return image.ok ? success({ state: state.value, active: image.value }) : image;
  }
}
