import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { microInitScript, shellWord } from '../../../../src/adapters/runtime/qemu/micro-init-script.ts';

test('busybox reads every word back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (words) => {
      const clean = words.map((word) => word.replaceAll('\0', '').toWellFormed());
      const script = `printf '%s\\0' ${clean.map(shellWord).join(' ')}`;
      const output = execFileSync('/bin/busybox', ['sh', '-c', script]).toString('utf8');
      expect(output.split('\0').slice(0, -1)).toEqual(clean);
    }),
    { numRuns: 50 },
  );
});

test('the script is one that busybox can read, with commands of any text', () => {
  const script = microInitScript({
    moduleFiles: ['/modules/virtio_blk.ko'],
    commands: [{ as: 'analyst', run: ["it's", '$(reboot)', '\n', '@NONCE@'] }],
    nonce: 'aa',
    commandTimeoutMs: 1500,
  });
  execFileSync('/bin/busybox', ['sh', '-n'], { input: script });
  expect(script).toContain(`run 0 'runuser' '-u' 'analyst' '--' 'it'\\''s' '$(reboot)'`);
});
