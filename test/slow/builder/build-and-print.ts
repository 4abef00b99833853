// Run as another user by mmdebstrap.test.ts: builds the request of argument 1 with the store of argument 2.
import process from 'node:process';
import type { PackageRequest } from '../../../src/model/package-lock.ts';
import { debianBuilder, debianRequest, debianStore, workContext } from '../../rig/build-debian.ts';

const [request = '{}', storeFolder = ''] = process.argv.slice(2);
const wanted: Pick<PackageRequest, 'variant' | 'packages'> = JSON.parse(request);
const builder = debianBuilder();
await using context = await workContext(debianStore(storeFolder));
const lock = await builder.lock({ request: debianRequest(wanted), mirror: {} }, context);
const tree = lock.ok
  ? await builder.bootstrap(
      {
        lock: lock.value,
        spec: debianRequest(wanted),
        sourceDateEpoch: lock.value.sourceDateEpoch,
        mirror: {},
      },
      context,
    )
  : lock;
process.stdout.write(JSON.stringify({ uid: process.getuid?.(), lock, tree, log: context.lines.slice(-20) }));
