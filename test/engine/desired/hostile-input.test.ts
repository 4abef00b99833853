import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from '../../../src/engine/desired/parse-document.ts';
import { findingsOf } from '../../rig/desired-files.ts';
import { imageText, oneImage } from '../../rig/image-files.ts';

const limit = 256 * 1024;

/** Texts as large as a document may be, made to be slow somewhere. */
const heavy: Readonly<Record<string, string>> = {
  'distinct keys': Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'),
  'one key again and again': filled('a: 1\n'),
  'open brackets': filled('['),
  'closed brackets': filled(']'),
  'open maps': filled('{a: '),
  dashes: filled('- '),
  'question marks': filled('? '),
  colons: filled(':'),
  'empty lines': filled('\n'),
  comments: filled('#\n'),
  'document starts': filled('---\n'),
  aliases: filled('*a '),
  anchors: filled('&a '),
  tags: filled('!a '),
  tabs: filled('a:\t\n\t'),
  'an open string': `a: "${filled('b\n').slice(4)}`,
  escapes: `a: "${filled('\\x41').slice(8)}"`,
  'a folded text': `a: >\n${filled(' x\n\n').slice(8)}`,
  'a long plain text': `a: ${filled('b\n c').slice(4)}`,
  'deeper and deeper': Array.from({ length: 700 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
};

describe('hostile input', () => {
  for (const [what, text] of Object.entries(heavy)) {
    test(`${what}: 256 KiB end in a value or in findings`, { timeout: 20_000 }, () => {
      const result = parseDocument({ path: 'x.yaml', bytes: Buffer.from(text) });
      expect(result.ok || result.diagnostics.length <= 20).toBe(true);
    });
  }

  test('random bytes never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = parseDocument({ path: 'x.yaml', bytes });
        return result.ok || result.diagnostics.every(({ code }) => /^SK10\d\d$/.test(code));
      }),
      { numRuns: 500 },
    );
  });

  test('random YAML-like text never throws, and every place lies in the text', () => {
    const piece = fc.constantFrom(
      'a',
      ':',
      ' ',
      '\n',
      '- ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '#',
      '&',
      '*',
      '!',
      '|',
      '>',
      '%',
      '\t',
      '---\n',
      '<<',
      '\\',
      '\r\n',
      '1',
      '~',
      'é',
      '𝄞',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('');
        const result = parseDocument({ path: 'x.yaml', bytes: Buffer.from(text) });
        const lines = text.split('\n').length;
        const places = result.ok
          ? [result.value.placeOf('/a')]
          : result.diagnostics.map(({ place }) => place);
        expect(places.every((place) => (place?.start?.line ?? 1) <= lines)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('changed bytes of a good spec never throw', () => {
    const good = Buffer.from(
      imageText('a', 'version: "1"', 'outputs: [qcow2]', 'users: [{name: bob}]', 'packages+: [vim]'),
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 32, max: 126 }), (at, byte) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        findingsOf({ 'specs/images/a.yaml': changed.toString() });
      }),
      { numRuns: 1000 },
    );
  });

  test('any JSON as a spec never throws', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        findingsOf({
          'specs/images/a.yaml': `apiVersion: sandkiln/v1\nkind: SandboxImageSpec\nmetadata: {name: a}\nspec: ${json}\n`,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('thousands of wrong list items give a bounded number of findings', () => {
    const findings = findingsOf(
      oneImage(`packages: [${Array.from({ length: 20_000 }, () => '"!"').join(', ')}]`),
    );
    expect(findings.length).toBeLessThanOrEqual(50);
  });

  test('keys of Object.prototype are unknown fields and nothing more', () => {
    const keys = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const findings = findingsOf(oneImage('outputs: [oci]', ...keys.map((key) => `${key}: {polluted: true}`)));
    expect(findings.map(({ code }) => code)).toEqual(keys.map(() => 'SK1103'));
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('a chain of ten thousand parents neither overflows nor takes quadratic time', {
    timeout: 60_000,
  }, () => {
    const files = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [
        `specs/images/i${index}.yaml`,
        imageText(`i${index}`, 'version: "1"', `from: i${index + 1}`),
      ]),
    );
    expect(findingsOf(files).map(({ code }) => code)).toEqual(['SK1119', 'SK1112']);
  });
});

function filled(text: string): string {
  return text.repeat(Math.floor(limit / text.length));
}
