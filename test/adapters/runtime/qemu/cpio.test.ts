import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CpioEntry, cpioArchive } from '../../../../src/adapters/runtime/qemu/cpio.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

function extract(archive: Uint8Array): string {
  const folder = temporaryFolder();
  execFileSync('cpio', ['--extract', '--quiet', '--no-absolute-filenames'], { cwd: folder, input: archive });
  return folder;
}

test('cpio reads back folders, files with their modes, and links', () => {
  const folder = extract(
    cpioArchive([
      { type: 'folder', path: 'bin', mode: 0o755 },
      { type: 'file', path: 'bin/tool', mode: 0o750, bytes: Buffer.from('#!tool') },
      { type: 'symbolic-link', path: 'bin/sh', target: 'tool' },
    ]),
  );
  expect(readdirSync(join(folder, 'bin')).sort()).toEqual(['sh', 'tool']);
  expect(readFileSync(join(folder, 'bin/tool'), 'utf8')).toBe('#!tool');
  expect(statSync(join(folder, 'bin/tool')).mode & 0o7777).toBe(0o750);
  expect(readlinkSync(join(folder, 'bin/sh'))).toBe('tool');
});

test('cpio reads back contents of every length', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (contents) => {
      const entries = contents.map(
        (bytes, index): CpioEntry => ({ type: 'file', path: `f${'x'.repeat(index)}`, mode: 0o644, bytes }),
      );
      const folder = extract(cpioArchive(entries));
      for (const [index, bytes] of contents.entries()) {
        expect(new Uint8Array(readFileSync(join(folder, `f${'x'.repeat(index)}`)))).toEqual(bytes);
      }
    }),
    { numRuns: 20 },
  );
});

test('the same entries give the same bytes', () => {
  const entries: readonly CpioEntry[] = [{ type: 'file', path: 'a', mode: 0o644, bytes: Buffer.from('a') }];
  expect(cpioArchive(entries).equals(cpioArchive(entries))).toBe(true);
});
