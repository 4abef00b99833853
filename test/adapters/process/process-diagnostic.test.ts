import { expect, test } from 'vitest';
import type { ProcessResult } from '../../../src/adapters/process/process.ts';
import { processFailure } from '../../../src/adapters/process/process-diagnostic.ts';

const command = { file: 'mke2fs', arguments: [] };
const text = { code: 'SK5001', what: 'packing lab', hint: 'look at the size' } as const;
const diagnosticOf = (result: Partial<ProcessResult>) =>
  processFailure(command, { ended: 'exited', stdout: Buffer.alloc(0), stderr: '', ...result }, text);

test('a non-zero exit has the code of who asked, and the last lines of stderr in one line', () => {
  const stderr = `${Array.from({ length: 10 }, (_, line) => `line ${line}`).join('\n')}\n\n`;
  expect(diagnosticOf({ exitCode: 1, stderr })).toEqual({
    code: 'SK5001',
    severity: 'error',
    message: 'packing lab: mke2fs ended with exit code 1: line 5 | line 6 | line 7 | line 8 | line 9',
    hint: 'look at the size',
    failure: 'stalled',
  });
});

test.each([
  [{ ended: 'not-started', startError: 'ENOENT' }, 'SK3101', 'transient'],
  [{ ended: 'timed-out' }, 'SK3102', 'timed-out'],
  [{ ended: 'cancelled' }, 'SK3103', 'cancelled'],
  [{ ended: 'output-limit' }, 'SK3104', 'stalled'],
  [{ ended: 'signalled', signalName: 'SIGKILL' }, 'SK5001', 'transient'],
] as const)('%o has the code %s', (result, code, failure) => {
  expect(diagnosticOf(result)).toMatchObject({ code, failure });
});

test('a flood on stderr is bounded', () => {
  expect(diagnosticOf({ exitCode: 1, stderr: 'x'.repeat(60_000) }).message.length).toBeLessThan(1100);
});
