import { existsSync, readFileSync } from 'node:fs';
import { argv } from 'node:process';
import { applyRequest, testLiveEnforcer } from './live-enforcer.ts';

/** A process that applies one list and tells how that went: for tests that kill it. */
const [, , file = ''] = argv;
if (existsSync(file)) {
  const { stateFolder, resolver, namespacePath, entries, revision } = JSON.parse(readFileSync(file, 'utf8'));
  const live = testLiveEnforcer(stateFolder, { resolver });
  const applied = await live.apply(applyRequest(namespacePath, entries, { revision }));
  process.stdout.write(JSON.stringify(applied));
}
