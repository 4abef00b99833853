import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { captureConsole } from '../../../../src/adapters/runtime/qemu/console-capture.ts';

function watched(stream: PassThrough, texts: readonly string[], limitBytes = 1000): Promise<string> {
  const output = captureConsole(stream, limitBytes);
  return new Promise((resolve) => {
    output.watch(texts, resolve);
  });
}

test('finds a text that chunks and escape sequences cut through', async () => {
  const stream = new PassThrough();
  const found = watched(stream, ['Reached target']);
  stream.write('Rea');
  stream.write('ched \x1b[0;1;3');
  stream.write('9mtarget');
  expect(await found).toBe('Reached target');
});

test('finds what came before anybody asked', async () => {
  const stream = new PassThrough();
  const output = captureConsole(stream, 1000);
  await new Promise((resolve) => {
    stream.write('host login: ', resolve);
  });
  expect(await new Promise((resolve) => output.watch(['login: '], resolve))).toBe('login: ');
});

test('of two texts gives the one that came first', async () => {
  const stream = new PassThrough();
  const found = watched(stream, ['login', 'panic']);
  stream.write('panic, then login');
  expect(await found).toBe('panic');
});

test('keeps no more than the limit and finds a text beyond it', async () => {
  const stream = new PassThrough();
  const output = captureConsole(stream, 10);
  const found = new Promise((resolve) => {
    output.watch(['end'], resolve);
  });
  stream.write('x'.repeat(100_000));
  stream.write('end');
  await found;
  expect(output.bytes().length).toBe(10);
});
