import { createRequire } from 'node:module';
import type { ErrorObject } from 'ajv';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Kind } from '../kind.ts';
import type { ParsedDocument } from './parse-document.ts';
import { explainSchemaError } from './schema-error.ts';

/** Findings of one document's schema check; none where it holds. */
export type SchemaCheck = (document: ParsedDocument) => readonly Diagnostic[];

/** Findings in one document after which the rest is not told. */
const findingLimit = 50;

/**
 * The check against a kind's schema, compiled by ajv when the schemas were generated: schemas/<Kind>.cjs. The JSON
 * text itself is read only where there is something to explain.
 */
export function loadSchemaCheck(kind: Kind): SchemaCheck {
  const load = createRequire(new URL('../../../schemas/', import.meta.url));
  const check: unknown = load(`./${kind.schemaFile.replace(/\.json$/, '.cjs')}`);
  if (!isCompiledSchema(check)) {
    throw new TypeError(`schemas/${kind.schemaFile} is not compiled`);
  }
  return (document) => {
    if (check(document.value)) {
      return [];
    }
    const schema: unknown = load(`./${kind.schemaFile}`);
    return leadingErrors(check.errors ?? []).map((error) =>
      explainSchemaError(error, isJsonObject(schema) ? schema : noSchema, document),
    );
  };
}

const noSchema: JsonObject = {};

interface CompiledSchema {
  (value: unknown): boolean;
  errors?: readonly ErrorObject[] | null;
}

function isCompiledSchema(value: unknown): value is CompiledSchema {
  return typeof value === 'function';
}

/** A value of the wrong type is one finding, whatever else does not hold of it. */
function leadingErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const wrongType = new Set(
    errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath),
  );
  return errors
    .filter(({ keyword, instancePath }) => keyword === 'type' || !wrongType.has(instancePath))
    .slice(0, findingLimit);
}
