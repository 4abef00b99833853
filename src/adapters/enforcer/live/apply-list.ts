import { failure, type Result, success } from '../../../model/result.ts';
import type { AppliedList, ApplyRequest } from '../live-enforcer.ts';
import { lockNamespace } from './applier-lock.ts';
import { dropOthers } from './connections.ts';
import { transact } from './kernel-table.ts';
import type { LiveEnforcerOptions } from './live-enforcer-options.ts';
import { namespacePrograms } from './namespace-programs.ts';
import { prepareApply } from './prepare-apply.ts';
import { confName } from './wanted-list.ts';

/**
 * The order matters: a resolver that knows other names is ended before the sets that it fills change, and the next one
 * starts after them, so no answer ever enters a set that it was not meant for.
 */
export async function applyList(
  request: ApplyRequest,
  options: LiveEnforcerOptions,
): Promise<Result<AppliedList>> {
  const { list } = request.input;
  const programs = await namespacePrograms(request, options.processes);
  if (!programs.ok) {
    return programs;
  }
  const lock = await lockNamespace(programs.value.identity, list, options, request.signal);
  if (!lock.ok) {
    return lock;
  }
  await using _ = lock.value;
  const prepared = await prepareApply(request, options);
  if (!prepared.ok) {
    return prepared;
  }
  const { plan, text, wanted, state, resolver } = prepared.value;
  if (plan.restartsResolver) {
    const stopped = await resolver.stop();
    if (!stopped.ok) {
      return stopped;
    }
  }
  const committed = await transact(list, text, programs.value, 'commit');
  if (!committed.ok) {
    const restored = plan.restartsResolver ? await resolver.start() : committed;
    return restored.ok || restored === committed
      ? committed
      : failure(...committed.diagnostics, ...restored.diagnostics);
  }
  const kept = await state.keepHeadCounter(list, request.head.counter);
  if (!kept.ok) {
    return kept;
  }
  if (plan.restartsResolver && wanted.conf !== null) {
    const written = await state.keepText(confName(list, programs.value.identity), wanted.conf);
    const started = written.ok ? await resolver.start() : written;
    if (!started.ok) {
      return started;
    }
  }
  const ended = await dropOthers(wanted.table, programs.value, options.resolver);
  return ended.ok ? success({ ...plan, endedConnections: ended.value }) : ended;
}
