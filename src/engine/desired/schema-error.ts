import type { ErrorObject } from 'ajv';
import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { pointerKeys, pointerStep } from '../../model/json-pointer.ts';
import { suggest } from '../../model/suggest.ts';
import { fieldText, valueText } from './field-text.ts';
import type { ParsedDocument } from './parse-document.ts';

/** Says one error of a schema check in the words of the spec, at the exact key or value. Gives SK1103 to SK1109. */
export function explainSchemaError(
  error: ErrorObject,
  schema: JsonObject,
  document: ParsedDocument,
): Diagnostic {
  const pointer = error.instancePath;
  const field = fieldText(pointer);
  const value = valueAt(document.value, pointerKeys(pointer));
  const rule = ruleAt(schema, pointerKeys(pointer));
  const params: Readonly<Record<string, unknown>> = error.params;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownField(String(params['additionalProperty']));
    case 'required':
      return missingField(String(params['missingProperty']));
    case 'type':
      return wrongType(String(params['type']));
    case 'const':
      return notOneOf([params['allowedValue']]);
    case 'enum':
      return notOneOf(Array.isArray(params['allowedValues']) ? params['allowedValues'] : []);
    case 'pattern':
      return finding(
        'SK1107',
        `${field} is ${valueText(value)}; it must be ${described(rule)}`,
        'correct the value',
      );
    case 'uniqueItems':
      return duplicateItem(Number(params['i']), Number(params['j']));
    default:
      return outOfBounds(Number(params['limit']));
  }

  function finding(
    code: DiagnosticCode,
    message: string,
    hint: string,
    at = pointer,
    part?: 'key',
  ): Diagnostic {
    return { code, severity: 'error', message, hint, place: document.placeOf(at, part) };
  }

  function unknownField(name: string): Diagnostic {
    const at = pointer + pointerStep(name);
    const keyRule = Object.values(
      isJsonObject(rule['patternProperties']) ? rule['patternProperties'] : {},
    )[0];
    if (keyRule !== undefined) {
      return finding(
        'SK1107',
        `${JSON.stringify(name)} is not a key that ${field} takes`,
        `it takes ${described(rule)}`,
        at,
        'key',
      );
    }
    const known = Object.keys(partOf(rule, 'properties') ?? {});
    const plain = name.replace(/[+-]$/, '');
    if (plain !== name && known.includes(plain)) {
      return finding(
        'SK1103',
        `${JSON.stringify(name)} in ${field} has nothing to merge with`,
        `write ${plain}: only lists of the spec itself and of its sections can be appended to and removed from`,
        at,
        'key',
      );
    }
    const meant = suggest(name, known);
    const fields = known.filter((field) => !/[+-]$/.test(field)).join(', ');
    return finding(
      'SK1103',
      `unknown field ${JSON.stringify(name)} in ${field}`,
      meant === undefined ? `its fields are ${fields}` : `did you mean ${meant}?`,
      at,
      'key',
    );
  }

  function missingField(name: string): Diagnostic {
    const description = described(partOf(rule, 'properties', name) ?? {});
    return finding('SK1104', `${field} has no ${name}`, `add ${name}: ${description}`, pointer, 'key');
  }

  function wrongType(type: string): Diagnostic {
    const written = document.writtenAs(pointer) ?? '';
    const message = `${field} is ${typeText(value)}; it must be ${typeNames[type] ?? type}`;
    const hint = typeHint(type, value, written);
    return finding('SK1105', message, type === 'string' ? `${hint} (${described(rule)})` : hint);
  }

  function notOneOf(allowed: readonly unknown[]): Diagnostic {
    const names = allowed.map(String);
    const meant = typeof value === 'string' ? suggest(value, names) : undefined;
    const choice = names.length === 1 ? `${names[0]}` : `one of ${names.join(', ')}`;
    return finding(
      'SK1106',
      `${field} is ${valueText(value)}; it must be ${choice}`,
      meant === undefined ? `write ${choice}` : `did you mean ${meant}?`,
    );
  }

  function duplicateItem(earlier: number, later: number): Diagnostic {
    const [first, second] = [Math.min(earlier, later), Math.max(earlier, later)];
    const item = Array.isArray(value) ? value[second] : undefined;
    return {
      ...finding(
        'SK1109',
        `${field} holds ${valueText(item)} twice`,
        'remove one of the two',
        `${pointer}/${second}`,
      ),
      related: [{ message: 'it stands here first', place: document.placeOf(`${pointer}/${first}`) }],
    };
  }

  function outOfBounds(limit: number): Diagnostic {
    const bound = boundNames[error.keyword];
    const size = bound?.unit === undefined ? valueText(value) : `${sizeOf(value)} ${bound.unit} long`;
    return finding(
      'SK1108',
      bound === undefined
        ? `${field} is not allowed: ${error.message ?? error.keyword}`
        : `${field} is ${size}; it must be at ${bound.side} ${limit}`,
      `stay within the bound; the field is ${described(rule)}`,
    );
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'a whole number',
  'integer,string': 'a whole number or a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of fields',
};

const boundNames: Readonly<Record<string, { readonly side: 'most' | 'least'; readonly unit?: string }>> = {
  minimum: { side: 'least' },
  maximum: { side: 'most' },
  minLength: { side: 'least', unit: 'characters' },
  maxLength: { side: 'most', unit: 'characters' },
  minItems: { side: 'least', unit: 'items' },
  maxItems: { side: 'most', unit: 'items' },
  maxProperties: { side: 'most', unit: 'keys' },
};

function typeText(value: JsonValue | undefined): string {
  if (value === null || value === undefined) {
    return 'empty';
  }
  if (Array.isArray(value)) {
    return 'a list';
  }
  return isJsonObject(value)
    ? 'a map'
    : `the ${typeof value === 'string' ? 'text' : typeof value} ${valueText(value)}`;
}

function typeHint(type: string, value: JsonValue | undefined, written: string): string {
  const scalar = typeof value === 'number' || typeof value === 'boolean';
  if (type === 'string' && scalar) {
    return `write it in quotes: "${written}"`;
  }
  if (type === 'array' && (scalar || typeof value === 'string')) {
    return `write a list: [${written}]`;
  }
  if ((type === 'integer' || type === 'boolean') && typeof value === 'string') {
    return 'write it without quotes and without a unit';
  }
  return value === null ? 'give it a value, or remove the key' : `write ${typeNames[type] ?? type}`;
}

function sizeOf(value: JsonValue | undefined): number {
  if (typeof value === 'string' || Array.isArray(value)) {
    return value.length;
  }
  return isJsonObject(value) ? Object.keys(value).length : 0;
}

function valueAt(value: JsonValue, keys: readonly string[]): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const key of keys) {
    current = Array.isArray(current)
      ? current[Number(key)]
      : isJsonObject(current)
        ? current[key]
        : undefined;
  }
  return current;
}

/** The schema of the value at a path; an empty one where the schema knows no such value. */
function ruleAt(schema: JsonObject, keys: readonly string[]): JsonObject {
  let rule = schema;
  for (const key of keys) {
    const known = [partOf(rule, 'properties', key), partOf(rule, 'items'), firstPattern(rule)];
    rule = withoutReference(known.find((candidate) => candidate !== undefined) ?? {}, schema);
  }
  return rule;
}

/** The rule of keys that are free, such as labels. */
function firstPattern(rule: JsonObject): JsonObject | undefined {
  const patterns = partOf(rule, 'patternProperties');
  const [first] = Object.values(patterns ?? {});
  return isJsonObject(first) ? first : undefined;
}

function partOf(rule: JsonObject, ...keys: readonly string[]): JsonObject | undefined {
  const part = valueAt(rule, keys);
  return isJsonObject(part) ? part : undefined;
}

function withoutReference(rule: JsonObject, schema: JsonObject): JsonObject {
  const reference = rule['$ref'];
  return typeof reference === 'string' ? (partOf(schema, ...pointerKeys(reference.slice(1))) ?? {}) : rule;
}

function described(rule: JsonObject): string {
  const description = rule['description'];
  return typeof description === 'string' ? description : 'a value that the documentation of this kind allows';
}
