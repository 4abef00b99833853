import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isJsonObject, type JsonValue } from '../../src/model/json.ts';
import { allKinds, type Files, findingsOf } from '../rig/desired-files.ts';

const root = new URL('../../', import.meta.url);
const pages = readdirSync(new URL('docs/kinds/', root)).filter((page) => page.endsWith('.md'));

/** YAML blocks of a page. */
function examplesOf(page: string): readonly string[] {
  const text = readFileSync(new URL(`docs/kinds/${page}`, root), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, example = '']) => example);
}

function folderOf(example: string): string {
  const kind = /^kind: (\w+)$/m.exec(example)?.[1];
  return allKinds.find(({ name }) => name === kind)?.folder ?? 'specs';
}

describe('examples in the documentation', () => {
  test('are valid together, as one repository', () => {
    const files: Record<string, string> = { 'files/agent': '#!/bin/sh\n', 'lists/partners.jsonl': '' };
    for (const page of pages) {
      for (const [index, example] of examplesOf(page).entries()) {
        const folder = folderOf(example);
        files[folder.endsWith('.yaml') ? folder : `${folder}/${page}-${index}.yaml`] = example;
      }
    }
    expect(Object.keys(files).length).toBeGreaterThan(7);
    expect(findingsOf(files satisfies Files)).toEqual([]);
  });

  test.each(allKinds.map(({ name, schemaFile }) => [name, schemaFile] as const))(
    '%s has every field in a table',
    (name, schemaFile) => {
      const page = `${name.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.md`;
      const text = readFileSync(new URL(`docs/kinds/${page}`, root), 'utf8');
      const rows = text
        .split('\n')
        .filter((line) => line.startsWith('|'))
        .join('\n');
      const schema: JsonValue = JSON.parse(readFileSync(new URL(`schemas/${schemaFile}`, root), 'utf8'));
      const sections = new Set(name === 'BuildProfile' ? ['limits', 'services', 'hardening', 'disk'] : []);
      const missing = fieldsOf(schema, sections).filter((field) => !new RegExp(`\\b${field}\\b`).test(rows));
      expect(missing).toEqual([]);
    },
  );
});

/** Names of the fields below `spec`; of `sections` only themselves. */
function fieldsOf(schema: JsonValue, sections: ReadonlySet<string>): readonly string[] {
  const properties = isJsonObject(schema) && isJsonObject(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties)
    .filter(([name]) => /^\w+$/.test(name) && !['apiVersion', 'kind', 'metadata'].includes(name))
    .flatMap(([name, property]) => [
      ...(name === 'spec' ? [] : [name]),
      ...(sections.has(name) ? [] : fieldsOf(property, sections)),
    ]);
}
