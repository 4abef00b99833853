import type { AgainDocument, DocumentsAgain } from './documents-again.ts';

/**
 * What the plan of a document may follow from: all that it refers to, and what documents without a plan of their own,
 * such as profiles, refer to in their turn.
 */
export function referencesBehind(
  { documentOf }: DocumentsAgain,
  planned: ReadonlySet<string>,
): (document: Pick<AgainDocument, 'references'>) => readonly string[] {
  const unplanned = new Map<string, readonly string[]>();
  return ({ references }) => {
    if (references.every((identity) => behind(identity).length === 0)) {
      return references;
    }
    const found = new Set(references);
    for (const identity of found) {
      for (const reference of behind(identity)) {
        found.add(reference);
      }
    }
    return [...found];
  };

  function behind(identity: string): readonly string[] {
    const known = planned.has(identity.slice(0, identity.indexOf('/'))) ? [] : unplanned.get(identity);
    const references = known ?? documentOf(identity)?.references ?? [];
    unplanned.set(identity, references);
    return references;
  }
}
