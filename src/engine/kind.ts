import type { Diagnostic } from '../model/diagnostic.ts';
import type { JsonObject } from '../model/json.ts';
import type { ResolvedResource, ResourceDocument } from '../model/resource.ts';

/** What the engine must know of a resource kind to read, check and resolve it. */
export interface Kind {
  readonly name: string;
  /** Where its documents lie: `specs/images`, `profiles`; a file name (`sandkiln.yaml`) for a single document. */
  readonly folder: string;
  /** The whole document's JSON Schema, in `schemas/`; the compiled form lies beside it, ending in `.cjs`. */
  readonly schemaFile: string;
  /** Profiles that are merged under the spec, lowest first. */
  readonly layers: readonly ProfileLayer[];
  /** Fields of the spec that hold where neither the document nor a profile sets them. */
  readonly defaults?: JsonObject;
  /** Fields of the spec that a resource takes from the one that its `from` names, where it sets none. */
  readonly inherits?: readonly string[];
  /** Every reference to another resource, by name. The document may not have passed its schema. */
  references(document: ResourceDocument): readonly Reference[];
  /** Rules beyond the schema, on what is left after the merge. Repository files by path, as git lists them. */
  check?(
    resource: ResolvedResource,
    document: ResourceDocument,
    context: CheckContext,
  ): readonly Diagnostic[];
}

export interface ProfileLayer {
  /** Where the profile's name stands in the spec: `/buildProfile`. */
  readonly reference: string;
  readonly kind: string;
  /** Where its fields go in the resolved spec: '' for the spec itself, `/run` for a section. */
  readonly into: string;
}

export interface Reference {
  /** Pointer in the document: `/spec/from`. */
  readonly pointer: string;
  readonly kind: string;
  readonly name: string;
  /**
   * `extends` merges fields, `from` builds on the other's output, `include` takes in what the other holds. Cycles of any
   * of them are refused. `allowList` binds to the revision of a list, which refers to lists alone.
   */
  readonly role: 'extends' | 'profile' | 'from' | 'include' | 'allowList';
}

export interface CheckContext {
  /** Mode of a repository file of the desired commit; nothing where there is none. */
  file(path: string): { readonly mode: string } | undefined;
  /** Resolved resources by kind and name. */
  resource(kind: string, name: string): ResolvedResource | undefined;
}
