import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createByteTail } from '../../../src/adapters/process/byte-tail.ts';
import { createLineSplitter } from '../../../src/adapters/process/line-splitter.ts';

function linesOf(chunks: readonly Uint8Array[]): readonly string[] {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of chunks) {
    splitter.write(chunk);
  }
  splitter.end();
  return lines;
}

const chunkedText = fc.tuple(
  fc
    .array(fc.constantFrom('a', 'ü', '😀', '\n', '\r\n', '\r'), { maxLength: 30 })
    .map((parts) => parts.join('')),
  fc.array(fc.nat(20), { maxLength: 10 }),
);

function cut(bytes: Buffer, sizes: readonly number[]): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let rest = bytes;
  for (const size of sizes) {
    chunks.push(rest.subarray(0, size));
    rest = rest.subarray(size);
  }
  return [...chunks, rest];
}

test('the lines do not depend on where the bytes are cut', () => {
  fc.assert(
    fc.property(chunkedText, ([text, sizes]) => {
      const bytes = Buffer.from(text);
      expect(linesOf(cut(bytes, sizes))).toEqual(linesOf([bytes]));
    }),
  );
});

test('ends lines at newlines and carriage returns, and keeps empty lines', () => {
  expect(linesOf([Buffer.from('a\n\nb\r\n10%\r20%\rlast')])).toEqual(['a', '', 'b', '10%', '20%', 'last']);
});

test('a line without end comes in pieces', () => {
  const lines = linesOf([Buffer.alloc(200_000, 'x')]);
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.join('')).toHaveLength(200_000);
});

test('a tail keeps the last bytes of whatever came', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 20 })),
      fc.integer({ min: 1, max: 30 }),
      (parts, limitBytes) => {
        const tail = createByteTail(limitBytes);
        const all = Buffer.from(parts.join(''));
        for (const part of parts) {
          tail.write(Buffer.from(part));
        }
        expect(tail.writtenBytes).toBe(all.length);
        expect(tail.text()).toBe(all.subarray(-limitBytes).toString('utf8'));
      },
    ),
  );
});
