import type { Place } from './diagnostic.ts';
import type { Digest } from './digest.ts';
import type { JsonObject } from './json.ts';

export const apiVersion = 'sandkiln/v1';

/** Kind and name: what a resource is, wherever its file lies. */
export interface ResourceIdentity {
  readonly kind: string;
  readonly name: string;
}

export function identityText(identity: ResourceIdentity): string {
  return `${identity.kind}/${identity.name}`;
}

/** One YAML document of the desired state, parsed and checked against its schema. */
export interface ResourceDocument {
  readonly identity: ResourceIdentity;
  readonly file: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As written, merge operators (`packages+`) included. */
  readonly spec: JsonObject;
  /** Where a value stands; the pointer (RFC 6901) starts at the document, so `/spec/from`. */
  placeOf(pointer: string, part?: 'key' | 'value'): Place;
}

/** A document after the merge with the profiles that it names. */
export interface ResolvedResource {
  readonly identity: ResourceIdentity;
  readonly file: string;
  readonly spec: JsonObject;
  /** SHA-256 over the RFC 8785 form of `spec`. Labels, comments, file name and key order are not in it. */
  readonly digest: Digest;
  /** Where each leaf of `spec` comes from, by pointer relative to `spec` (`/limits/stopAfter`). */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** The document and the place that gave a value. */
export interface Origin {
  /** A kind's own defaults have the kind `built-in`. */
  readonly identity: ResourceIdentity;
  readonly place: Place;
}
