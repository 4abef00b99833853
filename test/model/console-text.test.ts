import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConsoleFilter, lastConsoleLines } from '../../src/model/console-text.ts';

function plain(...chunks: readonly (string | Uint8Array)[]): string {
  const filter = createConsoleFilter();
  return chunks.map((chunk) => filter(Buffer.from(chunk))).join('');
}

test('leaves out colours and other escape sequences, also where chunks cut through them', () => {
  expect(plain('[\x1b[0;32m  OK  \x1b', '[', '0m] Reached \x1b]0;title\x07target\r\n')).toBe(
    '[  OK  ] Reached target\n',
  );
});

test('goes on after a sequence that never ends', () => {
  expect(plain(`\x1b]${'x'.repeat(2000)}seen`)).toContain('seen');
});

test('shows one mark for a character beyond ASCII', () => {
  expect(plain('a…b')).toBe('a?b');
});

test('gives the same text however the bytes are cut, and no control characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, cut) => {
      const whole = plain(bytes);
      expect(plain(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(whole);
      expect(whole).toMatch(/^[\n\t\x20-\x7e]*$/);
    }),
  );
});

test('gives the last lines that say something', () => {
  expect(lastConsoleLines(Buffer.from('a\r\n\r\nb\n  \nc'), 2)).toEqual(['b', 'c']);
});
