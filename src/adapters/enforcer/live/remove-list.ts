import { type Result, success } from '../../../model/result.ts';
import type { ListPlace } from '../live-enforcer.ts';
import { tableName } from '../nftables/nft-table.ts';
import { lockNamespace } from './applier-lock.ts';
import { transact } from './kernel-table.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { namespacePrograms } from './namespace-programs.ts';
import { resolverProcess } from './resolver-process.ts';
import { stateFolder } from './state-folder.ts';
import { confName } from './wanted-list.ts';

/** Ends the resolver of a list and deletes its table, where they are there. */
export async function removeList(place: ListPlace, options: LiveEnforcerOptions): Promise<Result<void>> {
  const { list } = place;
  const programs = await namespacePrograms(place, options.processes);
  if (!programs.ok) {
    return programs;
  }
  const lock = await lockNamespace(programs.value.identity, list, options, place.signal);
  if (!lock.ok) {
    return lock;
  }
  await using _ = lock.value;
  const conf = stateFolder(options.stateFolder).path(confName(list, programs.value.identity));
  const stopped = await resolverProcess(list, conf, programs.value).stop();
  if (!stopped.ok) {
    return stopped;
  }
  // The first line makes the second one succeed where there is no table.
  const table = tableName(list);
  const deleted = await transact(
    list,
    `table inet ${table}\ndelete table inet ${table}\n`,
    programs.value,
    'commit',
  );
  return deleted.ok ? success(undefined) : deleted;
}
