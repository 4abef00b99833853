import { type Digest, hexOf } from '../../model/digest.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';

export const statementType = 'https://in-toto.io/Statement/v1';

/** An in-toto Statement v1 (in-toto/attestation, spec/v1/statement.md): what is said of which files. */
export interface Statement<Predicate = JsonValue> {
  readonly _type: typeof statementType;
  readonly subject: readonly Subject[];
  readonly predicateType: string;
  readonly predicate: Predicate;
}

export interface Subject {
  readonly name: string;
  /** Lower-case hexadecimal by algorithm. */
  readonly digest: Readonly<Record<string, string>>;
}

/** A file by name and digest (spec/v1/resource_descriptor.md), for subjects, dependencies and byproducts. */
export interface ResourceDescriptor {
  readonly name?: string;
  readonly uri?: string;
  readonly digest?: Readonly<Record<string, string>>;
  readonly mediaType?: string;
  readonly annotations?: JsonObject;
}

export function statement<Predicate>(
  predicateType: string,
  subject: readonly Subject[],
  predicate: Predicate,
): Statement<Predicate> {
  return { _type: statementType, subject, predicateType, predicate };
}

/** A subject or descriptor by SHA-256. */
export function named(name: string, digest: Digest): Subject {
  return { name, digest: { sha256: hexOf(digest) } };
}

/** Whether verified bytes, parsed, are a Statement v1 whose subjects all carry a SHA-256 digest. */
export function isStatement(value: unknown): value is Statement<JsonObject> {
  return (
    isJsonObject(value) &&
    value['_type'] === statementType &&
    typeof value['predicateType'] === 'string' &&
    isJsonObject(value['predicate']) &&
    Array.isArray(value['subject']) &&
    value['subject'].length >= 1 &&
    value['subject'].length <= 1000 &&
    value['subject'].every(isSubject)
  );
}

function isSubject(value: unknown): boolean {
  return (
    isJsonObject(value) &&
    typeof value['name'] === 'string' &&
    isJsonObject(value['digest']) &&
    typeof value['digest']['sha256'] === 'string' &&
    /^[0-9a-f]{64}$/.test(value['digest']['sha256'])
  );
}
