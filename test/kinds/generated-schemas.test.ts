import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonObject, type JsonValue } from '../../src/model/json.ts';
import { allKinds } from '../rig/desired-files.ts';

const root = new URL('../../', import.meta.url);

function schemaOf(file: string): JsonObject {
  return JSON.parse(readFileSync(new URL(`schemas/${file}`, root), 'utf8'));
}

test('the schemas are what their sources say', async () => {
  const script = fileURLToPath(new URL('scripts/generate-schemas.ts', root));
  await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toBeDefined();
});

describe.each(allKinds.map((kind) => [kind.name, kind.schemaFile] as const))(
  'the schema of %s',
  (name, file) => {
    const schema = schemaOf(file);

    test('is a strict JSON Schema 2020-12 with an identifier', () => {
      expect(schema['$id']).toBe(`urn:sandkiln:schema:v1:${name}`);
      const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
      expect(ajv.validateSchema(schema)).toBe(true);
      expect(ajv.compile(schema)).toBeTypeOf('function');
    });

    test('describes every field', () => {
      expect(undescribed(schema, '')).toEqual([]);
    });

    test('closes every map', () => {
      expect(open(schema, '')).toEqual([]);
    });
  },
);

/** Texts that make a careless pattern try every way to split them. */
const slowTexts = ['a', 'a-', '/a', '/.', 'a.', '.a', '0', '@', '-', 'A_', ':'].map(
  (unit) => `${unit.repeat(20_000)}\n`,
);

test('no pattern takes more than linear time', { timeout: 10_000 }, () => {
  const patterns = new Set(allKinds.flatMap(({ schemaFile }) => patternsOf(schemaOf(schemaFile))));
  expect(patterns.size).toBeGreaterThan(10);
  for (const pattern of patterns) {
    for (const text of slowTexts) {
      new RegExp(pattern, 'u').test(text);
    }
  }
});

function undescribed(node: JsonValue | undefined, pointer: string): readonly string[] {
  return objectsBelow(node, pointer).flatMap(([object, at]) =>
    Object.entries(isJsonObject(object['properties']) ? object['properties'] : {})
      .filter(([, property]) => isJsonObject(property) && typeof property['description'] !== 'string')
      .map(([name]) => `${at}/${name}`),
  );
}

function open(node: JsonValue | undefined, pointer: string): readonly string[] {
  return objectsBelow(node, pointer)
    .filter(([object]) => object['type'] === 'object' && object['additionalProperties'] !== false)
    .map(([, at]) => at);
}

function patternsOf(node: JsonValue | undefined): readonly string[] {
  return objectsBelow(node, '').flatMap(([object]) => [
    ...(typeof object['pattern'] === 'string' ? [object['pattern']] : []),
    ...Object.keys(isJsonObject(object['patternProperties']) ? object['patternProperties'] : {}),
  ]);
}

function objectsBelow(
  node: JsonValue | undefined,
  pointer: string,
): readonly (readonly [JsonObject, string])[] {
  if (!isJsonObject(node)) {
    return [];
  }
  return [
    [node, pointer],
    ...Object.entries(node).flatMap(([key, value]) => objectsBelow(value, `${pointer}/${key}`)),
  ];
}
