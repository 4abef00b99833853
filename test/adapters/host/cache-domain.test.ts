import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readHostConfiguration } from '../../../src/adapters/host/read-host-configuration.ts';
import { expectCodes, expectValue } from '../../rig/expect-result.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('each trust domain has caches of its own: rows, blobs and everything else below the cache folder', async () => {
  const home = temporaryFolder();
  const folderOf = async (domain?: string) => {
    const more = domain === undefined ? {} : { SANDKILN_CACHE_DOMAIN: domain };
    return expectValue(await readHostConfiguration({ HOME: home, ...more }));
  };
  const cache = join(home, '.cache', 'sandkiln');
  expect(await folderOf()).toMatchObject({ cacheDomain: 'trusted', cacheFolder: cache });
  expect(await folderOf('untrusted')).toMatchObject({
    cacheDomain: 'untrusted',
    cacheFolder: join(cache, 'domains', 'untrusted'),
  });
});

test.each(['', '../trusted', 'Trusted', 'a/b', 'x'.repeat(64)])('%j is no trust domain', async (domain) => {
  const environment = { HOME: temporaryFolder(), SANDKILN_CACHE_DOMAIN: domain };
  expect(expectCodes(await readHostConfiguration(environment))).toEqual(['SK9010']);
});
