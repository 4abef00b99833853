import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueOfNodes } from '../../../src/engine/desired/node-value.ts';
import { parseDocument } from '../../../src/engine/desired/parse-document.ts';
import { readPlainYaml } from '../../../src/engine/desired/plain-yaml.ts';
import { decodeSource } from '../../../src/engine/desired/source-text.ts';
import { parseNodes } from '../../../src/engine/desired/yaml-nodes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../src/model/json.ts';
import { pointerStep } from '../../../src/model/json-pointer.ts';
import { expectValue } from '../../rig/expect-result.ts';

const root = join(import.meta.dirname, '../../..');

const documents = ['specs/images', 'profiles', '.'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
);

const further = [
  'a: 1\nb: [x, -un, "12.", {c: d}]\n',
  'a:\n- b\n- c: 1\n  d:\n  - e\nf: {}\n',
  'a:\n  - b: x\n    c: y z # comment\n  - {d: 0x1f}\n',
  "a: 'one'\nb: it's so\nc: http://x/y:z\nd: ~\ne: .5\nf: 1.0\ng: -1\nh: 1e3\ni: 2026-11-20\n",
  'a:\n\n  # c\n  b: c\n # d\ne:\nf: null\n',
  'a: b\n  c\nd: "x\\ny"\ne: --audit\nf: ---\n',
];

/** What the whole grammar makes of a text; nothing where it finds anything. */
function readWhole(text: string): JsonObject | undefined {
  const source = decodeSource('document.yaml', Buffer.from(text));
  const nodes = source.ok ? parseNodes(source.value) : source;
  const value = source.ok && nodes.ok ? valueOfNodes(nodes.value, source.value) : undefined;
  return value?.ok === true ? value.value : undefined;
}

function expectSame(text: string): void {
  const plain = readPlainYaml(text);
  if (plain !== undefined) {
    expect(plain).toStrictEqual(readWhole(text));
  }
}

/** What stands where, by the short way and by the whole grammar, which a quoted key at the end asks for. */
function expectSamePlaces(text: string): void {
  const value = readPlainYaml(text);
  if (value === undefined) {
    return;
  }
  const end = text.endsWith('\n') ? '' : '\n';
  const plain = expectValue(parseDocument({ path: 'document.yaml', bytes: Buffer.from(text) }));
  const whole = expectValue(
    parseDocument({ path: 'document.yaml', bytes: Buffer.from(`${text}${end}"": 1\n`) }),
  );
  for (const pointer of pointersOf(value, '')) {
    expect(plain.placeOf(pointer), pointer).toStrictEqual(whole.placeOf(pointer));
    expect(plain.placeOf(pointer, 'key'), pointer).toStrictEqual(whole.placeOf(pointer, 'key'));
    expect(plain.writtenAs(pointer), pointer).toBe(whole.writtenAs(pointer));
  }
}

function pointersOf(value: JsonValue, pointer: string): readonly string[] {
  const children = isJsonObject(value)
    ? Object.entries(value)
    : Array.isArray(value)
      ? [...value.entries()]
      : [];
  return children.flatMap(([key, child]) => {
    const below = pointer + pointerStep(key);
    return [below, ...pointersOf(child, below)];
  });
}

const pieces = [
  ...[
    '\n',
    '\n  ',
    '\n    ',
    ' ',
    '  ',
    ':',
    ': ',
    ' :',
    '- ',
    '-',
    '#',
    ' #',
    ',',
    ', ',
    '{',
    '}',
    '[',
    ']',
  ],
  ...[
    '"',
    "'",
    '\\',
    '\\n',
    '|',
    '>',
    '|\n',
    '?',
    '? ',
    '!',
    '&a',
    '*a',
    '%',
    '@',
    '`',
    '~',
    '---\n',
    '\n...\n',
  ],
  ...[
    'a',
    'b: c',
    'x',
    '0',
    '1',
    '.',
    '+',
    '_',
    'e5',
    '0x',
    '0o7',
    '.inf',
    'null',
    'True',
    'false',
    '\t',
    '/',
  ],
  ...['ä', '“', '\u0085', '\u2028', '\u00a0', '\ufeff', '<<', '='],
];

describe('the short way of reading YAML', () => {
  it('reads every document of this repository', () => {
    for (const text of documents) {
      const plain = readPlainYaml(text);
      expect(plain, text).toBeDefined();
      expect(plain).toStrictEqual(readWhole(text));
      expectSamePlaces(text);
    }
  });

  it('gives what the whole grammar gives, or nothing, for documents with any edits', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(4), fc.constantFrom(...pieces));
    fc.assert(
      fc.property(
        fc.constantFrom(...documents, ...further),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          let edited = text;
          for (const [place, removed, piece] of edits) {
            const at = place % (edited.length + 1);
            edited = edited.slice(0, at) + piece + edited.slice(at + removed);
          }
          expectSame(edited);
          expectSamePlaces(edited);
        },
      ),
      { numRuns: Number(process.env['PLAIN_YAML_RUNS'] ?? 3000) },
    );
  });

  it('gives the same for short texts made of what YAML gives a meaning', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 14 }), (parts) =>
        expectSame(`k: ${parts.join('')}`),
      ),
      { numRuns: Number(process.env['PLAIN_YAML_RUNS'] ?? 3000) },
    );
  });
});
