import type { CatFile } from './cat-file.ts';

/** The commit that a full ref name leads to now; nothing where there is no such ref. */
export async function tipOf(catFile: CatFile, reference: string): Promise<string | undefined> {
  const reply = await catFile.info(reference);
  return reply.status === 'found' ? reply.id : undefined;
}
