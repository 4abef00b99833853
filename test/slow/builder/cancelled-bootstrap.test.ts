import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { debianBuilder, debianRequest, debianStore, workContext } from '../../rig/build-debian.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { leftBehind } from '../../rig/left-behind.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const wanted = debianRequest({ variant: 'essential', packages: [] });

test('a bootstrap that is cancelled leaves no process, mount, namespace, loop device or file', async () => {
  const folder = temporaryFolder();
  const scratchFolder = join(folder, 'scratch');
  mkdirSync(scratchFolder);
  const cache = debianStore(join(folder, 'cache'));
  const builder = debianBuilder();
  const lockWork = await workContext(cache, { scratchFolder });
  const lock = expectValue(await builder.lock({ request: wanted, mirror: {} }, lockWork));
  await lockWork[Symbol.asyncDispose]();
  const whole = await workContext(cache, { scratchFolder });
  const request = { lock, spec: wanted, sourceDateEpoch: lock.sourceDateEpoch, mirror: {} };
  expectValue(await builder.bootstrap(request, whole));
  await whole[Symbol.asyncDispose]();
  const blobsBefore = readdirSync(join(folder, 'cache'), { recursive: true }).length;
  const temporaryBefore = readdirSync(tmpdir()).filter((name) => name.startsWith('mmdebstrap'));

  for (const part of [0, 0.2, 0.5, 0.8]) {
    const moment = Math.floor(part * whole.lines.length);
    const controller = new AbortController();
    const work = await workContext(cache, { scratchFolder });
    let lines = 0;
    const made = await builder.bootstrap(request, {
      ...work,
      signal: controller.signal,
      log: () => {
        lines += 1;
        if (lines > moment) {
          controller.abort();
        }
      },
    });
    expect(made, `after ${moment} of ${whole.lines.length} lines`).toMatchObject({
      ok: false,
      diagnostics: [{ failure: 'cancelled' }],
    });
    expect(leftBehind(folder)).toEqual([]);
    await work[Symbol.asyncDispose]();
    expect(readdirSync(scratchFolder)).toEqual([]);
  }
  expect(readdirSync(join(folder, 'cache'), { recursive: true }).length).toBe(blobsBefore);
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith('mmdebstrap'))).toEqual(temporaryBefore);
});
