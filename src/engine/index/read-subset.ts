import type { GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { DocumentFile } from '../desired/parse-document.ts';
import {
  type Desired,
  type ReadDocuments,
  readDocuments,
  resolveDocuments,
} from '../desired/resolve-desired.ts';
import type { Kind } from '../kind.ts';
import { namedPaths } from '../plan/named-files.ts';
import { documentLimitBytes } from '../source/source-tree.ts';
import type { KnownFiles } from './known-files.ts';
import { documentPath, type PlanTable, rememberedId } from './plan-table.ts';

/** Files that are asked for at a time. */
const readsAtOnce = 1000;

export interface DocumentBlob {
  readonly path: string;
  readonly id: ObjectId;
}

/** Blobs of remembered rows. */
export function documentBlobs({ documents }: PlanTable, rows: Iterable<number>): readonly DocumentBlob[] {
  return [...rows].map((row) => ({
    path: documentPath(documents, row),
    id: rememberedId(documents.cell('id', row)),
  }));
}

/** Reads documents by their blobs. Nothing where one has findings: then the whole state must be read to tell them all. */
export async function readSubset(
  git: Pick<GitObjects, 'readBlob'>,
  blobs: readonly DocumentBlob[],
  kinds: readonly Kind[],
): Promise<ReadDocuments | undefined> {
  const parts: ReadDocuments[] = [];
  for (let start = 0; start < blobs.length; start += readsAtOnce) {
    const batch = blobs.slice(start, start + readsAtOnce);
    const read = await Promise.all(batch.map(({ id }) => git.readBlob(id, documentLimitBytes)));
    const files: DocumentFile[] = [];
    for (const [index, bytes] of read.entries()) {
      if (!bytes.ok) {
        return undefined;
      }
      files.push({ path: batch[index]?.path ?? '', bytes: bytes.value });
    }
    const documents = readDocuments(files, kinds);
    if (documents.findings.length > 0) {
      return undefined;
    }
    parts.push(documents);
  }
  return joinDocuments(parts);
}

export function joinDocuments(parts: readonly ReadDocuments[]): ReadDocuments {
  return {
    documents: parts.flatMap(({ documents }) => documents),
    findings: parts.flatMap(({ findings }) => findings),
    files: parts.flatMap(({ files }) => files),
    unread: parts.flatMap(({ unread }) => unread),
  };
}

/**
 * Resolves documents that hold everything they refer to. What a rule asks of a file that nobody has looked at yet is
 * looked up, and the rules are asked again. Nothing where there is an error.
 */
export async function resolveSubset(
  read: ReadDocuments,
  kinds: readonly Kind[],
  files: KnownFiles,
): Promise<Desired | undefined> {
  let looked = await files.look(read.documents.flatMap(namedPaths));
  while (looked.ok) {
    const desired = resolveDocuments(read, kinds, files.fileAt);
    if (files.missed.size === 0) {
      return desired.ok ? desired.value : undefined;
    }
    looked = await files.look(files.missed);
  }
  return undefined;
}
