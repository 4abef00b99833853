import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import type { TSchema } from 'typebox';
import { allowListSpec } from '../src/kinds/allow-list/schema.ts';
import { buildProfileSpec } from '../src/kinds/build-profile/schema.ts';
import { networkProfileSpec } from '../src/kinds/network-profile/schema.ts';
import { repositorySpec } from '../src/kinds/repository/schema.ts';
import { runProfileSpec } from '../src/kinds/run-profile/schema.ts';
import { sandboxImageSpec } from '../src/kinds/sandbox-image-spec/schema.ts';
import { name } from '../src/kinds/schema-parts.ts';
import { authoringForm, type SchemaNode } from './authoring-form.ts';

/**
 * Writes schemas/<Kind>.json (for editors, and to explain findings) and schemas/<Kind>.cjs (the same schema compiled
 * by ajv, so that no command pays for compiling) from the sources in src/kinds. With `--check` it writes nothing
 * and exits 1 where a file differs.
 */
interface KindSource {
  readonly spec: TSchema;
  readonly title: string;
  /** No profile lies under it, so there is nothing that `x+` and `x-` could change. */
  readonly standsAlone?: true;
}

const kinds: Readonly<Record<string, KindSource>> = {
  SandboxImageSpec: { spec: sandboxImageSpec, title: 'a sandbox image' },
  BuildProfile: { spec: buildProfileSpec, title: 'defaults of how images are built and what is in them' },
  RunProfile: { spec: runProfileSpec, title: 'defaults of the machine that an image runs on' },
  NetworkProfile: { spec: networkProfileSpec, title: 'defaults of what a machine may reach' },
  AllowList: { spec: allowListSpec, title: 'destinations that sandboxes may reach', standsAlone: true },
  Repository: { spec: repositorySpec, title: 'the policy of a repository', standsAlone: true },
};

const folder = new URL('../schemas/', import.meta.url);

function documentSchema(kind: string, { spec, title, standsAlone }: KindSource): SchemaNode {
  const plainSpec: SchemaNode = JSON.parse(JSON.stringify(spec));
  const { schema, definitions } = authoringForm(plainSpec, { listOperators: standsAlone !== true });
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:sandkiln:schema:v1:${kind}`,
    title: `${kind}: ${title}`,
    type: 'object',
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { type: 'string', const: 'sandkiln/v1', description: 'the version of this format' },
      kind: { type: 'string', const: kind, description: 'what the document is' },
      metadata: {
        type: 'object',
        required: ['name'],
        properties: {
          name: JSON.parse(JSON.stringify(name)),
          labels: {
            type: 'object',
            patternProperties: {
              '^[a-z0-9A-Z](?:[a-zA-Z0-9._/-]{0,61}[a-zA-Z0-9])?$': {
                type: 'string',
                pattern: '^[^\\u0000-\\u001f\\u007f]{0,200}$',
                description: 'text on one line of at most 200 characters',
              },
            },
            additionalProperties: false,
            maxProperties: 64,
            description: 'free labels for people and queries, at most 64; no digest has them in it',
          },
        },
        additionalProperties: false,
        description: 'what the resource is called',
      },
      spec: { ...schema, description: title },
    },
    additionalProperties: false,
    ...(Object.keys(definitions).length === 0 ? {} : { $defs: definitions }),
  };
}

/** JSON Schema counts characters, not UTF-16 units (validation, section 6.3.1). */
const codePointCount = '(text) => { let count = 0; for (const _ of text) { count += 1; } return count; }';

/** A CommonJS module that exports the checking function and needs nothing else. */
function compiled(schema: SchemaNode): string {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    inlineRefs: false,
    code: { source: true, lines: true },
  });
  const text = standalone
    .default(ajv, ajv.compile(withoutDescriptions(schema) as SchemaNode))
    .replaceAll('require("ajv/dist/runtime/ucs2length").default', codePointCount);
  if (text.includes('require(')) {
    throw new Error('a compiled schema needs another module');
  }
  return text
    .split('\n')
    .filter((line) => !isUnusedConstant(line, text))
    .join('\n');
}

/** What people read is in the JSON text, which is loaded where there is something to explain. */
function withoutDescriptions(node: unknown): unknown {
  if (Array.isArray(node)) {
    return node.map(withoutDescriptions);
  }
  return typeof node === 'object' && node !== null
    ? Object.fromEntries(
        Object.entries(node)
          .filter(([key, value]) => !(key === 'description' && typeof value === 'string'))
          .map(([key, value]) => [key, withoutDescriptions(value)]),
      )
    : node;
}

function isUnusedConstant(line: string, text: string): boolean {
  const name = /^const (schema\d+) = /.exec(line)?.[1];
  return name !== undefined && text.split(new RegExp(`\\b${name}\\b`)).length === 2;
}

function isCurrent(file: URL, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text;
  } catch {
    return false;
  }
}

const checkOnly = process.argv.includes('--check');
mkdirSync(folder, { recursive: true });
for (const [kind, source] of Object.entries(kinds)) {
  const schema = documentSchema(kind, source);
  const files = {
    [`${kind}.json`]: `${JSON.stringify(schema, null, 2)}\n`,
    [`${kind}.cjs`]: compiled(schema),
  };
  for (const [file, text] of Object.entries(files)) {
    const path = new URL(file, folder);
    if (isCurrent(path, text)) {
      continue;
    }
    if (checkOnly) {
      console.error(`schemas/${file} is not what its source says: run npm run generate`);
      process.exitCode = 1;
    } else {
      writeFileSync(path, text);
      console.error(`wrote schemas/${file}`);
    }
  }
}
