import { describe, expect, it } from 'vitest';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { digestOfBytes } from '../../src/model/digest.ts';
import { type CustomiseFields, customiseInput } from '../../src/stages/customise/customise-input.ts';
import { createCustomiseStage } from '../../src/stages/customise.ts';
import { exactEntry } from '../../src/tree/entry-at.ts';
import { readTree } from '../../src/tree/read-tree.ts';
import { expectCodes, expectValue } from '../rig/expect-result.ts';
import { runStage } from '../rig/run-stage.ts';
import { epoch, smallDebianTree } from '../rig/small-debian-tree.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';
import { textOf } from '../rig/tree-text.ts';

const fields: CustomiseFields = {
  version: '1',
  users: [],
  files: [{ path: '/opt/agent', source: 'files/agent', mode: '0755' }],
  services: {},
  hardening: {},
  network: { layout: 'none' },
};
const agent = Buffer.from('#!/bin/sh\n');
const input = customiseInput('lab', fields, new Map([['files/agent', digestOfBytes(agent)]]));

describe('the customise stage', () => {
  it('writes a tree with the blobs of repository files, the same bytes each time', async () => {
    const cache = createFileSystemStore({ folder: temporaryFolder(), durable: false });
    expectValue(await cache.put([agent]));
    const run = () =>
      runStage(createCustomiseStage(), {
        input,
        cache,
        tree: smallDebianTree(),
        data: { sourceDateEpoch: epoch },
      });
    const output = expectValue(await run());
    expect(expectValue(await run())).toEqual(output);
    expect(output.data).toEqual({ sourceDateEpoch: epoch });
    const digest = output.blobs['tree']?.digest ?? digestOfBytes('');
    const tree = expectValue(await readTree(cache.pathOf(digest)));
    expect(textOf(tree, 'opt/agent')).toBe('#!/bin/sh\n');
    expect(exactEntry(tree, 'opt/agent')).toMatchObject({ mode: 0o755, modifiedAt: epoch });
  });

  it('says which content the cache lacks', async () => {
    const cache = createFileSystemStore({ folder: temporaryFolder(), durable: false });
    const result = await runStage(createCustomiseStage(), {
      input,
      cache,
      tree: smallDebianTree(),
      data: { sourceDateEpoch: epoch },
    });
    expect(expectCodes(result)).toEqual(['SK5515']);
  });
});
