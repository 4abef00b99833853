import type { GitObjects } from '../../adapters/git/git.ts';
import type { ReadDocuments } from '../desired/resolve-desired.ts';
import type { Kind } from '../kind.ts';
import { type DocumentBlob, joinDocuments, readSubset } from './read-subset.ts';

/** Documents by path and blob. */
export interface DocumentShelf {
  /** Reads documents. Nothing where one has findings. */
  load(blobs: readonly DocumentBlob[]): Promise<ReadDocuments | undefined>;
}

/** Documents that are kept; any further ones are read again when they are asked for again. */
const documentsKept = 8192;

/** Reads documents and keeps as many of them as memory is meant for. */
export function documentShelf(git: Pick<GitObjects, 'readBlob'>, kinds: readonly Kind[]): DocumentShelf {
  const kept = new Map<string, ReadDocuments['documents'][number]>();
  return {
    async load(blobs) {
      const known = blobs.flatMap((blob) => kept.get(keyOf(blob)) ?? []);
      const unknown = known.length === blobs.length ? [] : blobs.filter((blob) => !kept.has(keyOf(blob)));
      const read = await readSubset(git, unknown, kinds);
      if (read === undefined) {
        return undefined;
      }
      const ids = new Map(unknown.map((blob) => [blob.path, keyOf(blob)]));
      for (const document of read.documents) {
        const key = ids.get(document.file);
        if (key !== undefined && kept.size < documentsKept) {
          kept.set(key, document);
        }
      }
      const standing = { documents: known, findings: [], files: known.map(({ file }) => file), unread: [] };
      return joinDocuments([standing, read]);
    },
  };
}

function keyOf({ path, id }: DocumentBlob): string {
  return `${id} ${path}`;
}
