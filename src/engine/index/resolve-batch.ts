import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText, type ResolvedResource } from '../../model/resource.ts';
import type { Kind } from '../kind.ts';
import type { DocumentShelf } from './document-shelf.ts';
import type { AgainDocument, DocumentsAgain } from './documents-again.ts';
import type { KnownFiles } from './known-files.ts';
import { type DocumentBlob, resolveSubset } from './read-subset.ts';

/** A document that was looked at again, with what came of it. */
export interface AgainResource {
  readonly document: AgainDocument;
  readonly resource: ResolvedResource;
  readonly warnings: readonly Diagnostic[];
}

/** Resolves some documents with all that they refer to. Nothing where there is an error. */
export async function resolveBatch(
  batch: readonly AgainDocument[],
  again: DocumentsAgain,
  shelf: DocumentShelf,
  kinds: readonly Kind[],
  files: KnownFiles,
): Promise<readonly AgainResource[] | undefined> {
  const blobs = closure(batch, again);
  const read = blobs === undefined ? undefined : await shelf.load(blobs);
  const desired = read === undefined ? undefined : await resolveSubset(read, kinds, files);
  if (desired === undefined) {
    return undefined;
  }
  const resources = new Map(
    [...desired.resources.values()].flatMap((byName) =>
      [...byName.values()].map((resource) => [identityText(resource.identity), resource] as const),
    ),
  );
  const found = batch.flatMap((document): readonly AgainResource[] => {
    const resource = resources.get(document.identity);
    const warnings = desired.warningsOf.get(document.identity) ?? [];
    return resource === undefined ? [] : [{ document, resource, warnings }];
  });
  return found.length === batch.length ? found : undefined;
}

/** The documents and everything that they refer to, directly or through others. Nothing where one is missing. */
function closure(
  batch: readonly AgainDocument[],
  { documentOf }: DocumentsAgain,
): readonly DocumentBlob[] | undefined {
  const found = new Map<string, DocumentBlob>();
  const queue = batch.map(({ identity }) => identity);
  for (let identity = queue.pop(); identity !== undefined; identity = queue.pop()) {
    const document = found.has(identity) ? undefined : documentOf(identity);
    if (document !== undefined) {
      found.set(identity, document);
      queue.push(...document.references);
    } else if (!found.has(identity)) {
      return undefined;
    }
  }
  return [...found.values()];
}
