import type {
  AppliedList,
  LiveEnforcer,
  LiveState,
  PlannedApply,
} from '../../adapters/enforcer/live-enforcer.ts';
import { destinationPolicy } from '../../allow-list/destination-policy.ts';
import type { ScopeChoice } from '../../allow-list/scope.ts';
import type { Workspace } from '../../compose.ts';
import { openLiveEnforcer } from '../../compose-enforcers.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { wrongOption } from '../wrong-option.ts';
import { lossRecord, reportLosses } from './report-losses.ts';
import { readResolverSettings } from './resolver-settings.ts';
import { type VerifiedEntries, verifiedEntries } from './verified-entries.ts';

/** Of each program that is asked. */
const programTimeoutMs = 60_000;

/**
 * Puts a list in force in a network namespace of this host, from a catalog that verifies and whose head has not expired:
 * nothing older than what was applied last is taken. With --dry-run it only says what that would do.
 */
export async function applyList(
  invocation: Invocation,
  workspace: Workspace,
  [argument = '']: readonly string[],
  scope: ScopeChoice,
): Promise<Result<string>> {
  const opened = await openApplier(invocation, workspace, argument, scope);
  if (!opened.ok) {
    return opened;
  }
  const { enforcer, request, list } = opened.value;
  const { head, input } = list;
  const done = invocation.flag('dry-run')
    ? await enforcer.dryRun({ ...request, input, head })
    : await enforcer.apply({ ...request, input, head });
  if (!done.ok) {
    return done;
  }
  await reportLosses(invocation, 'nftables', done.value.losses);
  return success(
    invocation.output === 'json'
      ? jsonText({
          formatVersion: 1,
          list: input.list,
          revision: input.revision,
          namespace: request.namespacePath,
          applied: !invocation.flag('dry-run'),
          ...done.value,
          losses: done.value.losses.map(lossRecord),
        })
      : `${appliedText(input.list, input.revision, done.value)}\n`,
  );
}

/** Compares what is in force in a namespace with the list of the catalog: exit code 7 where they differ. */
export async function driftOfList(
  invocation: Invocation,
  workspace: Workspace,
  [argument = '']: readonly string[],
  scope: ScopeChoice,
): Promise<Result<{ readonly text: string; readonly inStep: boolean }>> {
  const opened = await openApplier(invocation, workspace, argument, scope);
  if (!opened.ok) {
    return opened;
  }
  const { enforcer, request, list } = opened.value;
  const drift = await enforcer.drift({ ...request, input: list.input });
  if (!drift.ok) {
    return drift;
  }
  const { live, allowedOnlyByKernel, allowedOnlyByList, inStep } = drift.value;
  const { list: name, revision } = list.input;
  const lines = [
    ...allowedOnlyByKernel.map((text) => `passes, and the list denies it: ${text}\n`),
    ...allowedOnlyByList.map((text) => `does not pass, and the list allows it: ${text}\n`),
  ];
  return success({
    inStep,
    text:
      invocation.output === 'json'
        ? jsonText({
            formatVersion: 1,
            list: name,
            revision,
            namespace: request.namespacePath,
            inStep,
            live: live.state === 'in force' ? { ...live, rules: live.rules.length } : live,
            allowedOnlyByKernel,
            allowedOnlyByList,
          })
        : `${lines.join('')}drift: ${name} revision ${revision}: ${inStep ? 'none' : foundText(live, request.namespacePath)}\n`,
  });
}

/** Takes a list away from a namespace, which nothing of it restricts from then on. */
export async function removeList(
  invocation: Invocation,
  workspace: Workspace,
  [list = '']: readonly string[],
): Promise<Result<string>> {
  const place = namespaceOf(invocation);
  const resolver = place.ok ? await readResolverSettings(invocation) : place;
  if (!place.ok || !resolver.ok) {
    return resolver.ok ? failure(...(place.ok ? [] : place.diagnostics)) : resolver;
  }
  const enforcer = await openLiveEnforcer(workspace, resolver.value);
  const where = {
    namespacePath: place.value,
    list,
    timeoutMs: programTimeoutMs,
    signal: invocation.signal,
  };
  const live = await enforcer.read(where);
  if (!live.ok) {
    return live;
  }
  const removed = await enforcer.remove(where);
  if (!removed.ok) {
    return removed;
  }
  return success(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, list, namespace: place.value, removed: live.value.state !== 'absent' })
      : live.value.state === 'absent'
        ? `${list}: nothing of it was in force in ${place.value}\n`
        : `${list}: nothing of it is in force in ${place.value} any more\n`,
  );
}

interface Applier {
  readonly enforcer: LiveEnforcer;
  readonly request: {
    readonly namespacePath: string;
    readonly timeoutMs: number;
    readonly signal: AbortSignal;
  };
  readonly list: {
    readonly input: Parameters<LiveEnforcer['apply']>[0]['input'];
    readonly head: VerifiedEntries['head'];
  };
}

async function openApplier(
  invocation: Invocation,
  workspace: Workspace,
  argument: string,
  scope: ScopeChoice,
): Promise<Result<Applier>> {
  const place = namespaceOf(invocation);
  if (!place.ok) {
    return place;
  }
  const resolver = await readResolverSettings(invocation);
  if (!resolver.ok) {
    return resolver;
  }
  const read = await verifiedEntries(workspace, argument, scope);
  if (!read.ok) {
    return read;
  }
  const { revision, entries, head } = read.value;
  return success({
    enforcer: await openLiveEnforcer(workspace, resolver.value),
    request: { namespacePath: place.value, timeoutMs: programTimeoutMs, signal: invocation.signal },
    list: {
      head,
      input: {
        list: revision.name,
        revision: revision.revision,
        createdAt: revision.createdAt,
        set: revision.set.digest,
        entries,
        policy: destinationPolicy(entries),
        leftToOthers: new Set(),
      },
    },
  });
}

/** A path, or the name of one that `ip netns` made. */
function namespaceOf(invocation: Invocation): Result<string> {
  const text = invocation.text('netns');
  if (text === undefined || text === '' || /[\0\n]/.test(text)) {
    return failure(
      wrongOption(
        'netns',
        text ?? '',
        'a network namespace: a name of `ip netns`, or a path such as /proc/123/ns/net',
      ),
    );
  }
  return success(text.includes('/') ? text : `/run/netns/${text}`);
}

function foundText(live: LiveState, namespace: string): string {
  switch (live.state) {
    case 'absent':
      return `nothing of it is in force in ${namespace}, and nothing of it restricts that; see \`sandkiln allow-list apply\``;
    case 'changed by others':
      return `changed by others: ${live.line}; \`sandkiln allow-list apply\` writes it anew`;
    case 'behind a resolver':
      return 'in force with a resolver, which drift is told of as apply was: --upstream, --listen, --resolver-user';
    case 'in force':
      return `revision ${live.revision} in force`;
    default:
      return live satisfies never;
  }
}

function appliedText(list: string, revision: number, done: PlannedApply | AppliedList): string {
  const { change, added, removed } = done;
  const what =
    change === 'none'
      ? 'is in force already'
      : `${'endedConnections' in done ? 'is in force' : 'would be put in force'}: ${added} added, ${removed} removed (${change})`;
  const ended =
    'endedConnections' in done && done.endedConnections > 0
      ? `, ${done.endedConnections} connections ended`
      : '';
  return `${list} revision ${revision} ${what}${ended}`;
}
