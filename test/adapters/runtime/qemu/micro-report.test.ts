import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readMicroReport } from '../../../../src/adapters/runtime/qemu/micro-report.ts';

const nonce = '00112233445566778899aabbccddeeff';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function read(text: string, commandCount = 2): ReturnType<typeof readMicroReport> {
  return readMicroReport(Buffer.from(text), nonce, commandCount);
}

test('reads results by their position, with empty streams too', () => {
  const report = read(
    `${nonce} mounted\n${nonce} 1 3 ${base64('out\n')} ${base64('err')}\r\n${nonce} 0 0  \n${nonce} end\n`,
  );
  expect(report).toEqual({
    mounted: true,
    complete: true,
    results: [
      { exitCode: 0, stdout: '', stderr: '' },
      { exitCode: 3, stdout: 'out\n', stderr: 'err' },
    ],
  });
});

test('an end without all results is not complete', () => {
  expect(read(`${nonce} mounted\n${nonce} 0 0  \n${nonce} end\n`).complete).toBe(false);
});

test.each([
  ['another nonce', `${'f'.repeat(32)} 0 0  \n`],
  ['a line that ends early', `${nonce} 0 0`],
  ['a position that is not asked for', `${nonce} 7 0  \n`],
  ['a negative position', `${nonce} -1 0  \n`],
  ['an exit code that is no number', `${nonce} 0 ok  \n`],
  ['more words', `${nonce} 0 0   \n`],
  ['text before the nonce', `x ${nonce} 0 0  \n`],
  ['what is not base64', `${nonce} 0 0 §§ \n`],
])('does not count: %s', (_, text) => {
  expect(read(text).results).toEqual([undefined, undefined]);
});

test('of two reports for one command the first counts', () => {
  expect(read(`${nonce} 0 1  \n${nonce} 0 0  \n`).results[0]?.exitCode).toBe(1);
});

test('hostile output without the nonce never makes a result', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const report = readMicroReport(bytes, nonce, 1);
      expect(report).toEqual({ mounted: false, complete: false, results: [undefined] });
    }),
  );
});
