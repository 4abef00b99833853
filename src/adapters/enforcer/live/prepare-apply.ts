import { allowedOnlyBy } from '../../../allow-list/destination-space.ts';
import { isNameMatch } from '../../../allow-list/names.ts';
import type { DestinationRule } from '../../../model/allow-list.ts';
import type { Diagnostic } from '../../../model/diagnostic.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { rulesOfResolved, testConf } from '../dnsmasq/dnsmasq-enforcer.ts';
import type { ApplyRequest, PlannedApply, VerifiedHead } from '../live-enforcer.ts';
import { type NftDelta, nftDelta } from '../nftables/nft-delta.ts';
import type { NftTable } from '../nftables/nft-table.ts';
import { tableText } from '../nftables/table-text.ts';
import { kernelTable, transact } from './kernel-table.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { type NamespacePrograms, namespacePrograms } from './namespace-programs.ts';
import { type ResolverProcess, resolverProcess } from './resolver-process.ts';
import { type StateFolder, stateFolder } from './state-folder.ts';
import { confName, isSameConf, type WantedList, wantedList } from './wanted-list.ts';

/** What is to be done, after everything that can refuse it was asked. */
export interface PreparedApply {
  readonly plan: PlannedApply;
  readonly text: string;
  readonly wanted: WantedList;
  readonly state: StateFolder;
  readonly resolver: ResolverProcess;
}

/** Reads what is in force, works out what leads to the list, and asks all that can refuse it; changes nothing. */
export async function prepareApply(
  request: ApplyRequest,
  options: LiveEnforcerOptions,
): Promise<Result<PreparedApply>> {
  const { input, head } = request;
  const now = options.clock.now();
  if (Date.parse(head.expiresAt) <= now.getTime()) {
    return failure(expired(input.list, head));
  }
  const wanted = wantedList(input, now, head.counter, options.resolver);
  if (!wanted.ok) {
    return wanted;
  }
  const entered = await namespacePrograms(request, options.processes);
  if (!entered.ok) {
    return entered;
  }
  const programs = entered.value;
  const state = stateFolder(options.stateFolder);
  const kernel = await kernelTable(input.list, programs);
  if (!kernel.ok) {
    return kernel;
  }
  const keptCounter = await state.headCounter(input.list);
  if (!keptCounter.ok) {
    return keptCounter;
  }
  const before = kernel.value === undefined || 'unread' in kernel.value ? undefined : kernel.value;
  const last = Math.max(keptCounter.value, before?.mark.headCounter ?? 0);
  if (head.counter < last) {
    return failure(older(input.list, head, last));
  }
  const name = confName(input.list, programs.identity);
  const resolver = resolverProcess(input.list, state.path(name), programs);
  const { conf, table, losses } = wanted.value;
  const restartsResolver =
    conf === null
      ? await resolver.isRunning()
      : !(isSameConf(await state.text(name), conf) && (await resolver.isRunning()));
  const forgetsLearned =
    restartsResolver && !keepsNames(before, await state.text(name), wanted.value, options);
  const difference =
    before === undefined ? undefined : nftDelta(before, table, forgetsLearned ? 'forget' : 'keep');
  // What the kernel does not take as a difference, it takes as a whole.
  const delta =
    difference !== undefined && (await transact(input.list, difference.text, programs, 'check')).ok
      ? difference
      : undefined;
  const text = delta?.text ?? tableText(input.list, table);
  const judged =
    delta === undefined ? await transact(input.list, text, programs, 'check') : success(undefined);
  const accepted = judged.ok ? await testWanted(conf, request, programs, state, options) : judged;
  return accepted.ok
    ? success({
        plan: {
          ...changeOf(delta, table),
          restartsResolver,
          forgetsLearned: delta === undefined || forgetsLearned,
          losses,
        },
        text,
        wanted: wanted.value,
        state,
        resolver,
      })
    : accepted;
}

/** Has dnsmasq look at the configuration that it will be given. */
async function testWanted(
  conf: string | null,
  { input, timeoutMs, signal }: ApplyRequest,
  programs: NamespacePrograms,
  state: StateFolder,
  { processes }: LiveEnforcerOptions,
): Promise<Result<void>> {
  if (conf === null) {
    return success(undefined);
  }
  const name = `${confName(input.list, programs.identity)}.wanted`;
  const written = await state.keepText(name, conf);
  const tested = written.ok
    ? await testConf(state.path(name), name, processes, {
        timeoutMs,
        ...(signal === undefined ? {} : { signal }),
      })
    : written;
  return tested.ok ? success(undefined) : tested;
}

/** Whether every name that could have been learned from may still be: else what was learned cannot be told apart. */
function keepsNames(
  before: NftTable | undefined,
  conf: string | undefined,
  wanted: WantedList,
  { resolver }: LiveEnforcerOptions,
): boolean {
  if (before === undefined || conf === undefined || wanted.conf === null || resolver === undefined) {
    return false;
  }
  const olds = rulesOfResolved(before, conf, resolver);
  const news = rulesOfResolved(wanted.table, wanted.conf, resolver);
  if ('unread' in olds || 'unread' in news) {
    return false;
  }
  const names = (rules: readonly DestinationRule[]) => rules.filter(({ match }) => isNameMatch(match));
  return allowedOnlyBy(names(olds), names(news), 1).length === 0;
}

function changeOf(
  delta: NftDelta | undefined,
  { sets }: NftTable,
): Pick<PlannedApply, 'change' | 'added' | 'removed'> {
  return delta === undefined
    ? { change: 'replace', added: sets.reduce((sum, { elements }) => sum + elements.length, 0), removed: 0 }
    : { change: delta.text === '' ? 'none' : 'delta', added: delta.added, removed: delta.removed };
}

function older(list: string, { counter }: VerifiedHead, last: number): Diagnostic {
  return {
    code: 'SK7303',
    severity: 'error',
    message: `the catalog's head ${counter} is older than ${last}, under which the list ${list} was applied last`,
    hint: 'fetch the newest catalog; if there is none, somebody is showing you an old one',
    failure: 'stalled',
  };
}

function expired(list: string, { counter, expiresAt }: VerifiedHead): Diagnostic {
  return {
    code: 'SK7304',
    severity: 'error',
    message: `the catalog's head ${counter} was good until ${expiresAt}, so the list ${list} is not applied from it`,
    hint: 'fetch the newest catalog, or run `sandkiln reconcile` to renew its head; see that the clock is right',
    failure: 'transient',
  };
}
