import { allowedOnlyBy } from '../../../allow-list/destination-space.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { type Result, success } from '../../../model/result.ts';
import { rulesOfResolved } from '../dnsmasq/dnsmasq-enforcer.ts';
import type { DriftRequest, ListPlace, LiveDrift, LiveState } from '../live-enforcer.ts';
import { baseChains } from '../nftables/base-chains.ts';
import type { NftTable } from '../nftables/nft-table.ts';
import { rulesOfTable } from '../nftables/rules-of-table.ts';
import { kernelTable } from './kernel-table.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { namespacePrograms } from './namespace-programs.ts';
import { resolverProcess } from './resolver-process.ts';
import { stateFolder } from './state-folder.ts';
import { confName, wantedList } from './wanted-list.ts';

/** What is in force of a list, read from the kernel and from its resolver's configuration. */
export async function readLive(place: ListPlace, options: LiveEnforcerOptions): Promise<Result<LiveState>> {
  const programs = await namespacePrograms(place, options.processes);
  if (!programs.ok) {
    return programs;
  }
  const kernel = await kernelTable(place.list, programs.value);
  if (!kernel.ok) {
    return kernel;
  }
  const table = kernel.value;
  if (table === undefined) {
    return success({ state: 'absent' });
  }
  if ('unread' in table) {
    return success({ state: 'changed by others', line: table.unread });
  }
  const state = stateFolder(options.stateFolder);
  const name = confName(place.list, programs.value.identity);
  const conf = await state.text(name);
  const runs = await resolverProcess(place.list, state.path(name), programs.value).isRunning();
  const isBehindResolver = conf !== undefined && !isWithoutResolver(table);
  if (options.resolver === undefined && isBehindResolver) {
    return success({ state: 'behind a resolver' });
  }
  const rules = rulesInForce(table, conf, runs, options);
  return success(
    'unread' in rules
      ? { state: 'changed by others', line: rules.unread }
      : {
          state: 'in force',
          ...table.mark,
          rules,
          resolver: options.resolver === undefined ? 'none' : runs ? 'runs' : 'stopped',
        },
  );
}

export async function driftOf(
  { input, ...place }: DriftRequest,
  options: LiveEnforcerOptions,
): Promise<Result<LiveDrift>> {
  const read = await readLive({ ...place, list: input.list }, options);
  if (!read.ok) {
    return read;
  }
  const wanted = wantedList(input, options.clock.now(), null, options.resolver);
  if (!wanted.ok) {
    return wanted;
  }
  const live = read.value;
  if (live.state !== 'in force') {
    return success({ live, allowedOnlyByKernel: [], allowedOnlyByList: [], inStep: false });
  }
  const { rules } = live;
  const { table, conf } = wanted.value;
  const sayable = rulesOf(table, conf, options);
  const allowedOnlyByKernel = allowedOnlyBy(rules, input.entries);
  const allowedOnlyByList = allowedOnlyBy('unread' in sayable ? [] : sayable, rules);
  return success({
    live,
    allowedOnlyByKernel,
    allowedOnlyByList,
    inStep:
      live.set === input.set &&
      live.revision === input.revision &&
      live.resolver !== 'stopped' &&
      allowedOnlyByKernel.length === 0 &&
      allowedOnlyByList.length === 0,
  });
}

/** Names are in force only while their resolver runs; the addresses that they led to before are judged by the kernel. */
function rulesInForce(
  table: NftTable,
  conf: string | undefined,
  resolverRuns: boolean,
  options: LiveEnforcerOptions,
): readonly DestinationRule[] | { readonly unread: string } {
  if (options.resolver !== undefined && conf !== undefined) {
    const rules = rulesOf(table, conf, options);
    return resolverRuns || 'unread' in rules ? rules : rulesOfTable(table);
  }
  return isWithoutResolver(table) ? rulesOfTable(table) : { unread: 'the chains around the rules' };
}

function isWithoutResolver(table: NftTable): boolean {
  return JSON.stringify(table.baseChains) === JSON.stringify(baseChains(undefined));
}

function rulesOf(
  table: NftTable,
  conf: string | null,
  { resolver }: LiveEnforcerOptions,
): readonly DestinationRule[] | { readonly unread: string } {
  return conf === null || resolver === undefined
    ? rulesOfTable(table)
    : rulesOfResolved(table, conf, resolver);
}
