import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfJson } from '../../model/digest.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { pointerKeys } from '../../model/json-pointer.ts';
import {
  identityText,
  type Origin,
  type ResolvedResource,
  type ResourceDocument,
} from '../../model/resource.ts';
import type { Kind, Reference } from '../kind.ts';
import { valueText } from './field-text.ts';
import { type AbsentItem, type Layer, mergeLayers, originsOf, plainMap } from './merge.ts';
import { type DocumentIndex, documentOf } from './references.ts';

/** What a document is resolved with. */
export interface ResolveContext {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly index: DocumentIndex;
  /** Resources that were resolved before this one; what its `from` names is among them. */
  resolved(kind: string, name: string): ResolvedResource | undefined;
  /** Resources whose origins were made so far. */
  readonly withOrigins: Set<ResolvedResource>;
}

/**
 * The pure merge of a document: built-in defaults, what it inherits by `from`, its profiles (`extends` chains root
 * first) each into its section, its own `extends` chain, then the document. The names of profiles are dropped, so that
 * renaming one changes nothing. Items that `x-` names in vain are warnings: SK1116.
 */
export function resolveDocument(
  document: ResourceDocument,
  kind: Kind,
  context: ResolveContext,
): { readonly resource: ResolvedResource; readonly warnings: readonly Diagnostic[] } {
  const layers = layersOf(document, kind, context);
  const { merged, absent } = mergeLayers(layers);
  const spec = plainMap(merged);
  let origins: ReadonlyMap<string, Origin> | undefined;
  const resource: ResolvedResource = {
    identity: document.identity,
    file: document.file,
    spec,
    digest: digestOfJson(spec),
    /** Made when somebody asks: a plan without changes needs none. */
    get origins() {
      if (origins === undefined) {
        makeOriginsOfAncestors(document, kind, context);
        origins = originsOf(mergeLayers(layers).merged);
        context.withOrigins.add(resource);
      }
      return origins;
    },
  };
  return { resource, warnings: absent.map((item) => nothingToRemove(document, item)) };
}

/** A kind's resource of which no document exists: its defaults alone. */
export function resolveDefaults(kind: Kind, name: string): ResolvedResource {
  const { merged } = mergeLayers(defaultsLayer(kind));
  const spec = plainMap(merged);
  return {
    identity: { kind: kind.name, name },
    file: kind.folder,
    spec,
    digest: digestOfJson(spec),
    origins: originsOf(merged),
  };
}

function layersOf(document: ResourceDocument, kind: Kind, context: ResolveContext): readonly Layer[] {
  const references = kind.references(document);
  const profiles = kind.layers.flatMap(({ reference, into }) => {
    const named = references.find(({ pointer }) => pointer === `/spec${reference}`);
    const profile = named === undefined ? undefined : documentOf(context.index, named);
    return profile === undefined ? [] : chainLayers(profile, pointerKeys(into), context);
  });
  return [
    ...defaultsLayer(kind),
    ...inheritedLayer(document, kind, context),
    ...profiles,
    ...chainLayers(document, [], context),
  ];
}

/** A document over everything that it extends. Cycles were refused before. */
function chainLayers(
  document: ResourceDocument,
  into: readonly string[],
  context: ResolveContext,
): readonly Layer[] {
  const chain: Layer[] = [];
  let current: ResourceDocument | undefined = document;
  while (current !== undefined) {
    const references: ReturnType<Kind['references']> =
      context.kinds.get(current.identity.kind)?.references(current) ?? [];
    chain.unshift(
      documentLayer(
        current,
        into,
        references
          .filter(({ role }) => role === 'extends' || role === 'profile')
          .map(({ pointer }) => pointer),
      ),
    );
    const parent = references.find(({ role }) => role === 'extends');
    current = parent === undefined ? undefined : documentOf(context.index, parent);
  }
  return chain;
}

function documentLayer(
  document: ResourceDocument,
  into: readonly string[],
  dropped: readonly string[],
): Layer {
  const value = dropped.reduce(
    (spec, pointer) => without(spec, pointerKeys(pointer).slice(1)),
    document.spec,
  );
  return {
    value,
    into,
    originOf: (pointer) => ({
      identity: document.identity,
      get place() {
        return document.placeOf(`/spec${pointer}`);
      },
    }),
  };
}

function defaultsLayer(kind: Kind): readonly Layer[] {
  const identity = { kind: 'built-in', name: kind.name };
  return kind.defaults === undefined
    ? []
    : [
        {
          value: kind.defaults,
          into: [],
          originOf: () => ({ identity, place: { file: 'built-in defaults' } }),
        },
      ];
}

function inheritedLayer(document: ResourceDocument, kind: Kind, context: ResolveContext): readonly Layer[] {
  const from = kind.references(document).find(({ role }) => role === 'from');
  const parent = from === undefined ? undefined : context.resolved(from.kind, from.name);
  if (parent === undefined) {
    return [];
  }
  const value: Record<string, JsonObject[string]> = Object.create(null);
  for (const field of kind.inherits ?? []) {
    const inherited = parent.spec[field];
    if (inherited !== undefined) {
      value[field] = inherited;
    }
  }
  return [{ value, into: [], originOf: (pointer) => parent.origins.get(pointer) ?? originOfParent(parent) }];
}

/**
 * Origins of inherited values are the parent's. Making those of the oldest ancestor first keeps the depth of calls the
 * same however long the chain of `from` is.
 */
function makeOriginsOfAncestors(document: ResourceDocument, kind: Kind, context: ResolveContext): void {
  if ((kind.inherits ?? []).length === 0) {
    return;
  }
  const line: ResolvedResource[] = [];
  let current: ResourceDocument | undefined = document;
  while (current !== undefined) {
    const from: Reference | undefined = kind.references(current).find(({ role }) => role === 'from');
    const parent = from === undefined ? undefined : context.resolved(from.kind, from.name);
    if (from === undefined || parent === undefined || context.withOrigins.has(parent)) {
      break;
    }
    line.push(parent);
    current = documentOf(context.index, from);
  }
  for (const ancestor of line.reverse()) {
    ancestor.origins.size;
  }
}

function originOfParent(parent: ResolvedResource): Origin {
  return { identity: parent.identity, place: { file: parent.file } };
}

/** The map without the value at a path; the same map where there is none. */
function without(map: JsonObject, keys: readonly string[]): JsonObject {
  const [key, ...rest] = keys;
  if (key === undefined || !(key in map)) {
    return map;
  }
  const copy: Record<string, JsonObject[string]> = Object.assign(Object.create(null), map);
  const inner = map[key];
  if (rest.length > 0 && isJsonObject(inner)) {
    copy[key] = without(inner, rest);
  } else if (rest.length === 0) {
    delete copy[key];
  }
  return copy;
}

function nothingToRemove(document: ResourceDocument, { value, origin }: AbsentItem): Diagnostic {
  return {
    code: 'SK1116',
    severity: 'warning',
    message: `${identityText(document.identity)}: ${valueText(value)} is removed from a list that does not hold it`,
    hint: 'remove the item, or correct its name',
    place: origin.place,
  };
}

/** The place of a value of a resolved spec, or of the nearest one that was written: below it, then above it. */
export function placeInResolved(resource: ResolvedResource, pointer: string): Diagnostic['place'] {
  const exact = resource.origins.get(pointer);
  if (exact !== undefined) {
    return exact.place;
  }
  for (const [at, origin] of resource.origins) {
    if (at.startsWith(`${pointer}/`)) {
      return origin.place;
    }
  }
  return { file: resource.file };
}
