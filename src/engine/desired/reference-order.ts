import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText, type ResourceDocument } from '../../model/resource.ts';
import type { Kind, Reference } from '../kind.ts';
import { type DocumentIndex, documentOf } from './references.ts';

/** Longest chains: resolving a document walks all that it extends, checking it all that it is built on. */
const chainLimits = { extends: 16, from: 1024, include: 64 } as const;

type ChainRole = keyof typeof chainLimits;

interface Step {
  readonly document: ResourceDocument;
  /** The reference of this document that was followed last. */
  reference: Reference | undefined;
  readonly remaining: Reference[];
}

/**
 * Documents in an order in which everything that a document refers to stands before it. Cycles of references are
 * findings with their whole path: SK1113 for `extends`, SK1114 for `from`, SK1120 for `include`; chains that are too
 * long: SK1119.
 */
export function orderByReferences(
  documents: readonly ResourceDocument[],
  kinds: ReadonlyMap<string, Kind>,
  index: DocumentIndex,
): { readonly order: readonly ResourceDocument[]; readonly findings: readonly Diagnostic[] } {
  const order: ResourceDocument[] = [];
  const findings: Diagnostic[] = [];
  const placed = new Set<ResourceDocument>();
  const onPath = new Set<ResourceDocument>();
  const depths = {
    extends: new Map<ResourceDocument, number>(),
    from: new Map<ResourceDocument, number>(),
    include: new Map<ResourceDocument, number>(),
  };
  for (const document of documents) {
    visit(document);
  }
  return { order, findings };

  function visit(start: ResourceDocument): void {
    const path: Step[] = [];
    enter(start, path);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const reference = step.remaining.pop();
      if (reference === undefined) {
        leave(step.document);
        path.pop();
        continue;
      }
      step.reference = reference;
      const next = documentOf(index, reference);
      if (next !== undefined && onPath.has(next)) {
        findings.push(cycle(path, next));
      } else if (next !== undefined) {
        enter(next, path);
      }
    }
  }

  function enter(document: ResourceDocument, path: Step[]): void {
    if (!placed.has(document)) {
      placed.add(document);
      onPath.add(document);
      const references = kinds.get(document.identity.kind)?.references(document) ?? [];
      path.push({ document, reference: undefined, remaining: [...references].reverse() });
    }
  }

  function leave(document: ResourceDocument): void {
    onPath.delete(document);
    order.push(document);
    measure(document, 'extends');
    measure(document, 'from');
    measure(document, 'include');
  }

  function measure(document: ResourceDocument, role: ChainRole): void {
    const references = kinds.get(document.identity.kind)?.references(document) ?? [];
    let depth = 1;
    let longest: Reference | undefined;
    for (const reference of references) {
      const below = reference.role === role ? documentOf(index, reference) : undefined;
      const through = below === undefined ? 0 : (depths[role].get(below) ?? 0) + 1;
      if (through > depth) {
        depth = through;
        longest = reference;
      }
    }
    depths[role].set(document, depth);
    if (longest !== undefined && depth === chainLimits[role] + 1) {
      findings.push(tooLong(document, longest, role));
    }
  }
}

function cycle(path: readonly Step[], first: ResourceDocument): Diagnostic {
  const steps = path.slice(path.findIndex(({ document }) => document === first));
  const edges = steps.flatMap(({ document, reference }) =>
    reference === undefined ? [] : [{ document, reference }],
  );
  const role =
    (['from', 'include'] as const).find((one) => edges.some(({ reference }) => reference.role === one)) ??
    'extends';
  const names = [...steps.map(({ document }) => document.identity.name), first.identity.name];
  const [start, ...rest] = edges.map(({ document, reference }) => ({
    message: `${identityText(document.identity)} names ${reference.name}`,
    place: document.placeOf(reference.pointer),
  }));
  return {
    code: cycleCodes[role],
    severity: 'error',
    message: `${role} goes round in a circle: ${names.join(' → ')}`,
    hint: `take ${role} out of one of them`,
    ...(start === undefined ? {} : { place: start.place }),
    related: rest,
  };
}

const cycleCodes = { extends: 'SK1113', from: 'SK1114', include: 'SK1120' } as const;

function tooLong(document: ResourceDocument, reference: Reference, role: ChainRole): Diagnostic {
  return {
    code: 'SK1119',
    severity: 'error',
    message: `${identityText(document.identity)} stands on a chain of ${role} that is longer than ${chainLimits[role]}`,
    hint: 'join some of the documents that it stands on',
    place: document.placeOf(reference.pointer),
  };
}
