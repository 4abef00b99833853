import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnosticsText } from '../../../src/cli/render/diagnostics.ts';
import { diagnosticsJson } from '../../../src/cli/render/diagnostics-json.ts';
import { githubAnnotations } from '../../../src/cli/render/github-annotations.ts';
import { gitlabCodeQuality } from '../../../src/cli/render/gitlab-code-quality.ts';
import { diagnosticsJunit } from '../../../src/cli/render/junit.ts';
import { diagnosticsSarif } from '../../../src/cli/render/sarif.ts';
import type { Diagnostic, Place } from '../../../src/model/diagnostic.ts';

const plain = { color: false };

function place(sourceLine: string, column: number, endColumn: number, line = 12): Place {
  return {
    file: 'specs/images/x.yaml',
    start: { line, column },
    end: { line, column: endColumn },
    sourceLine,
  };
}

const unknownField: Diagnostic = {
  code: 'SK1103',
  severity: 'error',
  message: 'unknown field "pakages" in spec',
  hint: 'did you mean packages?',
  place: place('  pakages: [vim]', 3, 10),
};

const duplicate: Diagnostic = {
  code: 'SK1111',
  severity: 'warning',
  message: 'RunProfile/a is described twice',
  hint: 'rename one',
  place: place('metadata: {name: a}', 18, 19, 3),
  related: [{ message: 'first', place: { file: 'profiles/a, b.yaml', start: { line: 1, column: 1 } } }],
};

const withoutPlace: Diagnostic = { code: 'SK9001', severity: 'note', message: 'no place', hint: 'nothing' };

describe('findings as text', () => {
  test('show the place, the source line with a marker, the hint, related places and a summary', () => {
    expect(diagnosticsText([unknownField, duplicate], plain)).toBe(
      [
        'error SK1103 specs/images/x.yaml:12:3: unknown field "pakages" in spec',
        '  12 |   pakages: [vim]',
        '     |   ^~~~~~~',
        '  hint: did you mean packages?',
        '',
        'warning SK1111 specs/images/x.yaml:3:18: RunProfile/a is described twice',
        '  3 | metadata: {name: a}',
        '    |                  ^',
        '  hint: rename one',
        '  see: profiles/a, b.yaml:1:1: first',
        '',
        '1 error, 1 warning',
        '',
      ].join('\n'),
    );
  });

  test('keep the marker under the place where there are tabs', () => {
    const [, source, marker] = diagnosticsText(
      [{ ...unknownField, place: place('\ta:\tb', 5, 6) }],
      plain,
    ).split('\n');
    expect([source, marker]).toEqual(['  12 |   a:  b', '     |       ^']);
  });

  test('cut long lines around the place', () => {
    const line = `${'x'.repeat(500)}HERE${'y'.repeat(500)}`;
    const lines = diagnosticsText([{ ...unknownField, place: place(line, 501, 505) }], plain).split('\n');
    expect(lines[1]).toMatch(/^ {2}12 \| …x{50}HEREy+…$/);
    expect(lines[2]).toBe(`     | ${' '.repeat(51)}^~~~`);
    expect(Math.max(...lines.map((text) => text.length))).toBeLessThan(115);
  });

  test('are in colour only when asked', () => {
    expect(diagnosticsText([unknownField], plain)).not.toContain('\u001b');
    expect(diagnosticsText([unknownField], { color: true })).toContain('\u001b[1;31merror SK1103\u001b[0m');
  });

  test('carry no control or bidirectional characters from specs', () => {
    const evil = 'a\u001b[2J\u202eb\u0007\u009bc';
    const diagnostic = {
      ...unknownField,
      message: evil,
      hint: evil,
      place: { ...place(evil, 1, 3), file: evil },
    };
    expect(diagnosticsText([diagnostic], plain)).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/,
    );
  });

  test('of none is nothing', () => {
    expect(diagnosticsText([], plain)).toBe('');
  });
});

test('findings as JSON have a format version and counts', () => {
  expect(JSON.parse(diagnosticsJson([unknownField, duplicate, withoutPlace]))).toEqual({
    formatVersion: 1,
    summary: { errors: 1, warnings: 1, notes: 1 },
    diagnostics: [unknownField, duplicate, withoutPlace],
  });
});

test('findings as workflow commands escape what the format needs', () => {
  const diagnostic = {
    ...unknownField,
    message: '50%\nof: a, b',
    place: { ...place('', 1, 2), file: 'a,b:c.yaml' },
  };
  expect(githubAnnotations([diagnostic, withoutPlace])).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=12,col=1,endLine=12,endColumn=2,title=SK1103::50%25 of: a, b%0Adid you mean packages?\n' +
      '::notice title=SK9001::no place%0Anothing\n',
  );
});

test('findings as a code quality report have fingerprints that differ, and that stay when a line moves', () => {
  const moved = { ...unknownField, place: place('  pakages: [vim]', 3, 10, 99) };
  const [first, second] = JSON.parse(gitlabCodeQuality([unknownField, moved]));
  const [alone] = JSON.parse(gitlabCodeQuality([moved]));
  expect(first).toMatchObject({
    check_name: 'SK1103',
    severity: 'major',
    location: { path: 'specs/images/x.yaml', lines: { begin: 12 } },
  });
  expect(second.fingerprint).not.toBe(first.fingerprint);
  expect(alone.fingerprint).toBe(first.fingerprint);
});

test('findings as JUnit count failures and are well-formed', () => {
  const report = diagnosticsJunit([{ ...unknownField, message: '<a> & "b"' }, duplicate]);
  expect(report).toContain('<testsuites name="sandkiln" tests="2" failures="1" errors="0">');
  expect(report).toContain('message="&lt;a&gt; &amp; &quot;b&quot;"');
  expect(diagnosticsJunit([])).toContain('tests="1" failures="0"');
});

describe('findings as SARIF', () => {
  test('name rules, regions and related places', () => {
    const log = JSON.parse(diagnosticsSarif([unknownField, duplicate], '0.1.0'));
    expect(log.runs[0].tool.driver.rules).toEqual([{ id: 'SK1103' }, { id: 'SK1111' }]);
    expect(log.runs[0].results[0]).toMatchObject({
      ruleIndex: 0,
      level: 'error',
      locations: [
        { physicalLocation: { region: { startLine: 12, startColumn: 3, endLine: 12, endColumn: 10 } } },
      ],
    });
    expect(log.runs[0].results[1].relatedLocations[0].physicalLocation.artifactLocation.uri).toBe(
      'profiles/a%2C%20b.yaml',
    );
  });

  const vectors =
    process.env['SANDKILN_VECTORS'] ?? new URL('../../../../shared/data', import.meta.url).pathname;
  const schemaFile = `${vectors}/schemas/sarif-2.1.0.json`;
  const missing = !existsSync(schemaFile) && process.env['CI'] !== 'true';

  test.skipIf(missing)('hold against the published schema (vectors: schemas/sarif-2.1.0.json)', () => {
    const ajv = new Ajv({ strict: false, validateFormats: false });
    // It is written for draft 4, whose identifiers ajv does not take; nothing else in it differs from draft 7.
    const { $schema: _draft, id: _id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
    const check = ajv.compile(schema);
    fc.assert(
      fc.property(fc.array(anyDiagnostic, { maxLength: 5 }), (diagnostics) => {
        const valid = check(JSON.parse(diagnosticsSarif(diagnostics, '0.1.0')));
        expect(check.errors ?? []).toEqual([]);
        return valid;
      }),
    );
  });
});

const anyText = fc.string({ unit: 'binary', maxLength: 30 });
const anyPosition = fc.record({
  line: fc.integer({ min: 1, max: 999 }),
  column: fc.integer({ min: 1, max: 999 }),
});
const anyPlace: fc.Arbitrary<Place> = fc.oneof(
  fc.record({ file: fc.string({ minLength: 1 }) }),
  fc.record({ file: fc.string({ minLength: 1 }), start: anyPosition, end: anyPosition, sourceLine: anyText }),
);
const anyDiagnostic: fc.Arbitrary<Diagnostic> = fc.oneof(
  fc.record({
    code: fc.constantFrom('SK1005', 'SK1103', 'SK2031'),
    severity: fc.constantFrom('error', 'warning', 'note'),
    message: anyText,
    hint: anyText,
    place: anyPlace,
    related: fc.array(fc.record({ message: anyText, place: anyPlace }), { maxLength: 2 }),
  }),
  fc.constant(withoutPlace),
);

test('no renderer throws, whatever the findings hold', () => {
  fc.assert(
    fc.property(fc.array(anyDiagnostic, { maxLength: 5 }), fc.boolean(), (diagnostics, color) => {
      diagnosticsText(diagnostics, { color });
      githubAnnotations(diagnostics);
      gitlabCodeQuality(diagnostics);
      diagnosticsJunit(diagnostics);
      diagnosticsSarif(diagnostics, '0.1.0');
    }),
  );
});
