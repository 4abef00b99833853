import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  type CrashSite,
  catalogOf,
  createCrashSite,
  expectSound,
  leasesOf,
  leftovers,
  startReconcile,
  unnamedBlobs,
} from '../../rig/crash-site.ts';
import { createHostsOnRemote, ended } from '../../rig/hosts-on-remote.ts';
import { quickImageText } from '../../rig/quick-images.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const timeoutMs = 900_000;

/**
 * Where a run is killed, by the kinds of writes of kill-at-write.mjs: at each write of the kind. Where two kinds alternate
 * (a file is written, then renamed), the one whose moments lie on both sides stands for both.
 */
const points = [
  ['git fetch', 'during'],
  ['object rename', 'after'],
  ['git push', 'before'],
  ['git push', 'during'],
  ['git push', 'after'],
  ['git update-ref', 'before'],
  ['git apply', 'before'],
  ['git apply', 'after'],
  ['git update-ref', 'after'],
  ['journal appendFile', 'before'],
  ['journal datasync', 'after'],
  ['state writeFile', 'before'],
  ['state writeFile', 'after'],
  ['state rename', 'after'],
  ['state rm', 'before'],
  ['state rm', 'after'],
  ['store rename', 'before'],
  ['store rename', 'after'],
  ['state open', 'after'],
  ['store open', 'after'],
  ['cache open', 'after'],
  ['cache link', 'after'],
  ['cache rename', 'after'],
  ['actions writeFile', 'after'],
  ['actions rename', 'after'],
] as const;

const createHosts = () => createHostsOnRemote({ 'specs/images/base.yaml': quickImageText('base') });

/** A reconcile that is killed where the variables of kill-at-write.mjs say so. */
async function reconcile(site: CrashSite, environment: Readonly<Record<string, string>>) {
  const run = startReconcile(site, environment);
  return { ...(await ended(run)), signal: run.signalCode };
}

test(
  'the points that are walked over are all that there are',
  async () => {
    const site = createCrashSite(createHosts());
    const file = join(temporaryFolder(), 'writes');
    expect(await reconcile(site, { WRITES_FILE: file })).toMatchObject({ exitCode: 0 });
    const kinds = new Set(readFileSync(file, 'utf8').split('\n').slice(0, -1));
    // These come right before or after one that is walked over.
    const neighbours = ['store sync'];
    const scratch = [...kinds].filter((kind) => kind.startsWith('scratch '));
    expect([...kinds].toSorted()).toEqual(
      [...new Set([...points.map(([kind]) => kind), ...neighbours, ...scratch])].toSorted(),
    );
  },
  timeoutMs,
);

test.each(points)(
  'whichever %s a run is killed %s, the next one ends as if nothing had been',
  async (kind, moment) => {
    const hosts = createHosts();
    const undisturbed = createCrashSite(hosts);
    expect(await undisturbed.host.run('reconcile')).toMatchObject({ exitCode: 0 });
    const expected = catalogOf(undisturbed);
    expect(unnamedBlobs(undisturbed.host)).toEqual([]);
    let ends: readonly End[] = [];
    // Two sites at a time, which know nothing of each other.
    for (let write = 1; !ends.includes('came through'); write += 2) {
      ends = await Promise.all([killAt(write), killAt(write + 1)]);
    }

    async function killAt(write: number): Promise<End> {
      const site = createCrashSite(hosts);
      const killed = await reconcile(site, {
        KILL_WRITE: kind,
        KILL_NUMBER: String(write),
        KILL_MOMENT: moment,
      });
      if (killed.exitCode === 0) {
        expect(write, 'no run was killed').toBeGreaterThan(1);
        return 'came through';
      }
      expect(killed.signal, killed.stderr).toBe('SIGKILL');
      const next = await site.host.run('reconcile');
      const point = `${kind} ${write} ${moment}: ${next.stderr}`;
      expect(next.exitCode, point).toBe(0);
      expect(catalogOf(site), point).toEqual(expected);
      expect(site.git('rev-list', '--count', 'main'), point).toBe('2');
      await expectSound(site, point);
      expect(unnamedBlobs(site.host), point).toEqual([]);
      expect(leftovers(site), point).toEqual([]);
      expect(leasesOf(site), point).toEqual([]);
      return 'killed';
    }
  },
  timeoutMs,
);

/** How a run ended whose kill was ordered at some write. */
type End = 'killed' | 'came through';
