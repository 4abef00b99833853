import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseIsolation } from '../../../src/adapters/isolation/choose-isolation.ts';
import { createProcessRunner } from '../../../src/adapters/process/child-processes.ts';
import { processFailure } from '../../../src/adapters/process/process-diagnostic.ts';
import { failure } from '../../../src/model/result.ts';
import { createExecutionRig, type Run, testAction } from '../../rig/execution.ts';
import { leftBehind } from '../../rig/left-behind.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const processes = createProcessRunner({ killDelayMs: 200 });
const isolation = chooseIsolation(processes, process.getuid?.() ?? 0);

/** Mounts something, leaves a child behind that does not listen, and works without end. */
const script = `
mkdir "$1/mounted" && mount -t tmpfs none "$1/mounted" || exit 1
(trap '' TERM HUP INT; while :; do sleep 1; done) &
while :; do echo tick; sleep 0.01; done`;

test('a cancellation at any point leaves no process, mount, namespace, loop device or scratch folder', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(40), fc.boolean(), async (lines, inNamespaces) => {
      const folder = temporaryFolder();
      const rig = createExecutionRig(folder);
      let left = lines;
      function count(): void {
        left -= 1;
        if (left < 0) {
          rig.controller.abort();
        }
      }
      const run: Run = async (action, context) => {
        const plain = {
          file: 'sh',
          arguments: [
            '-c',
            inNamespaces ? script : script.split('\n').slice(2).join('\n'),
            'sh',
            context.scratch.path,
          ],
          directory: context.scratch.path,
        };
        mkdirSync(join(context.scratch.path, 'files'));
        count();
        const command = inNamespaces ? isolation.wrap(plain) : plain;
        const result = await processes.run(command, {
          timeoutMs: 60_000,
          signal: context.signal,
          log: count,
          stdoutTo: 'log',
        });
        return failure(processFailure(command, result, { code: 'SK4001', what: action.id, hint: '' }));
      };
      const { outcome } = await rig.execute(
        [testAction('a/x'), testAction('b/y'), testAction('b/z', ['b/y'])].map((action) => ({
          ...action,
          timeoutMs: 60_000,
        })),
        run,
      );
      expect(outcome).toBe('cancelled');
      expect(leftBehind(folder)).toEqual([]);
      expect(readdirSync(join(folder, 'scratch'))).toEqual([]);
    }),
    { numRuns: 12 },
  );
});
