import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createFileSystemStore } from '../../../src/adapters/store/file-system-store.ts';
import { customiseInput } from '../../../src/stages/customise/customise-input.ts';
import { customiseTree } from '../../../src/stages/customise/customise-tree.ts';
import { enableUnits } from '../../../src/stages/customise/enable-units.ts';
import { unitNames } from '../../../src/stages/customise/find-unit.ts';
import { createScanStage } from '../../../src/stages/scan.ts';
import { normaliseTree } from '../../../src/tree/normalise-tree.ts';
import { readTree } from '../../../src/tree/read-tree.ts';
import { tarChunks } from '../../../src/tree/tar-chunks.ts';
import type { Tree } from '../../../src/tree/tree.ts';
import { debianSshTree } from '../../rig/debian-ssh-tree.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { runStage } from '../../rig/run-stage.ts';
import { epoch } from '../../rig/small-debian-tree.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { unitLinks, unitLinksOnDisk } from '../../rig/unit-links.ts';

let tarPath = '';
let tree: Tree = { entries: [] };

beforeAll(async () => {
  tarPath = await debianSshTree();
  tree = normaliseTree(expectValue(await readTree(tarPath)), { sourceDateEpoch: epoch });
});

function run(
  file: string,
  words: readonly string[],
): { readonly status: number | null; readonly stdout: string } {
  const { status, stdout } = spawnSync(file, words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { status, stdout };
}

/** The parts of the tree that systemctl and dpkg-query read; without start scripts, for which it would change root. */
function unpacked(): string {
  const root = temporaryFolder();
  const parts = ['./etc/systemd', './usr/lib/systemd', './usr/local', './lib', './var/lib/dpkg'];
  expect(run('tar', ['-C', root, '--no-same-owner', '-xf', tarPath, ...parts]).status).toBe(0);
  return root;
}

describe('a real Debian tree', () => {
  it('has every unit enabled as systemctl enables it', () => {
    const root = unpacked();
    const links = join(root, 'etc/systemd/system');
    const enabled: string[] = [];
    for (const name of [...unitNames(tree), 'autovt@tty5.service', 'getty@tty6']) {
      rmSync(links, { recursive: true });
      mkdirSync(links);
      const bare = { entries: tree.entries.filter(({ path }) => !path.startsWith('etc/systemd/system/')) };
      const ours = enableUnits(bare, [name], epoch);
      const theirs = run('systemctl', [`--root=${root}`, 'enable', name]);
      const made = unitLinksOnDisk(root);
      if (ours.ok) {
        enabled.push(name);
        expect(theirs.status, name).toBe(0);
        expect(unitLinks(ours.value), name).toEqual(made);
      } else {
        expect(made, name).toEqual({});
      }
    }
    expect(enabled).toEqual(
      expect.arrayContaining(['ssh.service', 'getty@.service', 'systemd-networkd.service']),
    );
    expect(enabled.length).toBeGreaterThan(20);
  });

  it('is listed as dpkg-query lists it', async () => {
    const root = unpacked();
    const fields = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version'];
    const format = `${fields.map((field) => `\${${field}}`).join(' ')}\\n`;
    const expected = run('dpkg-query', [
      `--admindir=${join(root, 'var/lib/dpkg')}`,
      '-W',
      '-f',
      format,
    ]).stdout;
    const cache = createFileSystemStore({ folder: temporaryFolder(), durable: false });
    const output = expectValue(
      await runStage(createScanStage(), {
        input: { image: 'lab', previousTreeBytes: null, budgetBytes: null },
        cache,
        tree,
        data: { sourceDateEpoch: epoch },
      }),
    );
    const manifest = output.blobs['packages.json'];
    const { packages } = JSON.parse(readFileSync(cache.pathOf(manifest?.digest ?? expect.fail()), 'utf8'));
    const found = packages.map((entry: Record<string, string>) =>
      ['name', 'version', 'architecture', 'source', 'sourceVersion'].map((field) => entry[field]).join(' '),
    );
    expect(found.length).toBeGreaterThan(100);
    expect(found.toSorted()).toEqual(expected.split('\n').slice(0, -1).toSorted());
  });

  it('is customised to the same bytes each time, and not changed by a second time', () => {
    const input = customiseInput(
      'lab',
      {
        version: '1.2.0',
        users: [{ name: 'analyst', shell: '/bin/bash', groups: ['sudo'] }],
        files: [{ path: '/etc/motd', content: 'lab\n' }],
        services: { enable: ['getty@tty2'] },
        hardening: {
          lockRoot: true,
          sysctl: { 'kernel.kptr_restrict': '2' },
          disableServices: ['ssh', 'apt-daily.timer'],
          mountOptions: { '/tmp': ['nosuid', 'nodev'] },
        },
        network: { layout: 'isolated' },
      },
      new Map(),
    );
    const context = { blobs: new Map(), sourceDateEpoch: epoch };
    const once = expectValue(customiseTree(tree, input, context));
    const bytes = Buffer.concat([...tarChunks(once)]);
    expect(
      Buffer.concat([...tarChunks(expectValue(customiseTree(tree, input, context)))]).equals(bytes),
    ).toBe(true);
    expect(expectValue(customiseTree(once, input, context)).entries).toEqual(once.entries);
    const listed = spawnSync('tar', ['-tf', '-'], {
      input: bytes,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(listed.status).toBe(0);
    expect(listed.stdout).toContain('home/analyst/.profile\n');
  });
});
