import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText, type ResourceDocument, type ResourceIdentity } from '../../model/resource.ts';
import { suggest } from '../../model/suggest.ts';
import type { Kind, Reference } from '../kind.ts';

/** Documents by kind and name. */
export type DocumentIndex = ReadonlyMap<string, ReadonlyMap<string, ResourceDocument>>;

/** The first document of every identity; each further one is a finding with both places: SK1111. */
export function indexDocuments(documents: readonly ResourceDocument[]): {
  readonly index: DocumentIndex;
  readonly findings: readonly Diagnostic[];
} {
  const index = new Map<string, Map<string, ResourceDocument>>();
  const findings: Diagnostic[] = [];
  for (const document of documents) {
    const { kind, name } = document.identity;
    const ofKind = index.get(kind) ?? new Map<string, ResourceDocument>();
    index.set(kind, ofKind);
    const earlier = ofKind.get(name);
    if (earlier === undefined) {
      ofKind.set(name, document);
    } else {
      findings.push(duplicateIdentity(document, earlier));
    }
  }
  return { index, findings };
}

export function documentOf(index: DocumentIndex, identity: ResourceIdentity): ResourceDocument | undefined {
  return index.get(identity.kind)?.get(identity.name);
}

/**
 * References to resources that no document describes: SK1112. Where a file of the kind's folder could not be read, it
 * may describe them, and its own findings have to go first.
 */
export function checkReferences(
  documents: readonly ResourceDocument[],
  kinds: ReadonlyMap<string, Kind>,
  index: DocumentIndex,
  unread: readonly string[],
): readonly Diagnostic[] {
  const unsure = new Set(
    [...kinds.values()]
      .filter((kind) => unread.some((path) => liesInFolder(path, kind.folder)))
      .map(({ name }) => name),
  );
  return documents.flatMap((document) =>
    (kinds.get(document.identity.kind)?.references(document) ?? [])
      .filter((reference) => !unsure.has(reference.kind) && documentOf(index, reference) === undefined)
      .map((reference) =>
        unknownReference(document, reference, [...(index.get(reference.kind)?.keys() ?? [])]),
      ),
  );
}

/** Whether a file is a kind's own file, or lies below its folder. */
export function liesInFolder(file: string, folder: string): boolean {
  return file === folder || file.startsWith(`${folder}/`);
}

function unknownReference(
  document: ResourceDocument,
  reference: Reference,
  known: readonly string[],
): Diagnostic {
  const meant = suggest(reference.name, known);
  const some = known.slice(0, 10).join(', ');
  return {
    code: 'SK1112',
    severity: 'error',
    message: `${identityText(document.identity)} names the ${reference.kind} ${JSON.stringify(reference.name)}, which no document describes`,
    hint:
      meant !== undefined
        ? `did you mean ${meant}?`
        : known.length === 0
          ? `write a ${reference.kind} with that name, or remove the reference`
          : `there are ${some}${known.length > 10 ? ' …' : ''}`,
    place: document.placeOf(reference.pointer),
  };
}

function duplicateIdentity(document: ResourceDocument, earlier: ResourceDocument): Diagnostic {
  return {
    code: 'SK1111',
    severity: 'error',
    message: `${identityText(document.identity)} is described twice: in ${document.file} and in ${earlier.file}`,
    hint: 'rename one of the two, or remove it',
    place: document.placeOf('/metadata/name'),
    related: [{ message: 'it is described here first', place: earlier.placeOf('/metadata/name') }],
  };
}
