import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEntryLines } from '../../src/allow-list/entry-lines.ts';
import { jsonSpans, mayRepeatKeys } from '../../src/allow-list/json-spans.ts';

const good = '{"match":{"host":"a.example.org"},"reason":"r"}';

function read(text: string | Uint8Array) {
  return readEntryLines('lists/a.jsonl', typeof text === 'string' ? Buffer.from(text) : text, 'lab');
}

/** `SK1434 2:5-2:6`. */
function findingsOf(text: string | Uint8Array): readonly string[] {
  return read(text).findings.map(
    ({ code, place }) =>
      `${code} ${place?.start?.line}:${place?.start?.column}${place?.end === undefined ? '' : `-${place.end.column}`}`,
  );
}

describe('a file of entries', () => {
  test('gives an entry a line; blank lines, spaces and line ends of any kind change nothing', () => {
    const { entries, findings } = read(
      `\n${good}\r\n   \n { "match" : { "ip" : "::a" } , "reason" : "a:b\\"" } \n\n`,
    );
    expect(findings).toEqual([]);
    expect(entries.map(({ entry, index }) => `${index} ${entry.match.value} ${entry.list}`)).toEqual([
      '2 a.example.org lab',
      '4 ::a lab',
    ]);
    expect(entries[1]?.origin.placeOf(4, '/match/ip')).toMatchObject({
      start: { line: 4, column: 23 },
      sourceLine: ' { "match" : { "ip" : "::a" } , "reason" : "a:b\\"" } ',
    });
  });

  test('may be empty', () => {
    expect(read('')).toEqual({ entries: [], findings: [] });
  });

  test.each([
    ['no JSON', `${good}\n{"match": oops}`, 'SK1434 2:11-12'],
    ['a comma too many', '{"ports":[1,,2]}', 'SK1434 1:1-2'],
    ['text in single quotes', `{"reason":  'r'}`, 'SK1434 1:13-14'],
    ['half a line', '{"match"', 'SK1434 1:9-10'],
    ['two values', `${good} ${good}`, 'SK1434 1:49-50'],
    ['text', '"text"', 'SK1415 1:1-7'],
    ['an unknown field', '{"match":{"host":"a.b"},"reason":"r","note":1}', 'SK1416 1:38-44'],
    ['a bad value', '{"reason":"r", "match": {"cidr": "192.0.2.1/24"}}', 'SK1408 1:34-48'],
    [
      'a bad item',
      '{"reason":"r","match":{"host":"a.b"},"ports":[1,{"a":[2]},"x"]}',
      'SK1411 1:49-58 SK1411 1:59-62',
    ],
    ['a missing field', '  {"match":{"host":"a.b"}}', 'SK1415 1:3-27'],
    ['a key twice', '{"match":{"host":"a.b"},"reason":"r","reason":"s"}', 'SK1435 1:38-46'],
    ['a key twice in a map', '{"match":{"host":"a.b", "host" :"c.d"},"reason":"r"}', 'SK1435 1:25-31'],
    [
      'a key twice, once escaped',
      '{"match":{"host":"a.b"},"re\\u0061son":"r","reason":"r"}',
      'SK1435 1:43-51',
    ],
    [
      'a key twice beside a colon in a text',
      '{"match":{"ip":"::1"},"reason":"\\":","reason":":"}',
      'SK1435 1:38-46',
    ],
    ['a line that is too long', `${good}\n${' '.repeat(65_537)}\n`, 'SK1436 2:1'],
  ])('is refused where it holds %s', (_what, text, findings) => {
    expect(findingsOf(text).join(' ')).toBe(findings);
  });

  test('shows both places of a key that stands twice', () => {
    const [finding] = read('{"reason":"a","reason":"b"}').findings;
    expect(finding?.related?.[0]?.place.start).toEqual({ line: 1, column: 2 });
  });

  test.each([
    ['a byte order mark', Buffer.from(`\ufeff${good}`), 'SK1433 1:1'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(`${good}\n`), Buffer.from([0x22, 0xff, 0x22])]),
      'SK1433 2:1',
    ],
    ['more than 64 MiB', Buffer.alloc(64 * 1024 * 1024 + 1), 'SK1433 1:1'],
  ])('is refused as a whole for %s', (_what, bytes, finding) => {
    expect(findingsOf(bytes)).toEqual([finding]);
    expect(read(bytes).entries).toEqual([]);
  });

  test('full of errors is told in part', () => {
    const { entries, findings } = read(`${'{}\n'.repeat(1000)}${good}`);
    expect(entries).toHaveLength(1);
    expect(findings).toHaveLength(101);
    // Each of the lines lacks match and reason.
    expect(findings.at(-1)).toMatchObject({ code: 'SK1437', message: 'lists/a.jsonl has 1900 more errors' });
  });

  test('nested as deep as a line allows is an ordinary finding', () => {
    const deep = `{"reason":"r","match":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    expect(findingsOf(deep)).toEqual(['SK1401 1:23-40023']);
  });
});

describe('places in JSON', () => {
  const json = fc.json({ maxDepth: 3 });

  test('are those of the values that JSON.parse reads', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, '\t'), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const written = JSON.stringify(value, null, indent);
        const { values, repeated } = jsonSpans(written);
        expect(repeated).toEqual([]);
        const whole = values.get('');
        expect(JSON.parse(written.slice(whole?.start, whole?.end))).toEqual(value);
        for (const [pointer, { start, end }] of values) {
          expect(JSON.parse(written.slice(start, end))).toEqual(valueAt(value, pointer));
        }
      }),
    );
  });

  test('a look that finds no key twice is right', () => {
    const key = fc.constantFrom('"a"', '"b"', '"\\u0061"', '":"');
    const space = fc.constantFrom('', ' ');
    const scalar = fc.constantFrom('1', '":"', '"::1"', '"\\":"', '[]');
    const object = (value: fc.Arbitrary<string>) =>
      fc
        .array(fc.tuple(key, space, value), { maxLength: 4 })
        .map((members) => `{${members.map(([name, gap, text]) => `${name}${gap}:${text}`).join(',')}}`);
    fc.assert(
      fc.property(object(fc.oneof(scalar, object(scalar))), (text) => {
        if (!mayRepeatKeys(text, JSON.parse(text))) {
          expect(jsonSpans(text).repeated).toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function valueAt(value: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>(
      (at, step) => (typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined),
      value,
    );
}
