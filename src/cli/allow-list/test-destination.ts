import { addressText, parseAddress } from '../../allow-list/address.ts';
import { decide } from '../../allow-list/decide.ts';
import { entryRecord } from '../../allow-list/entry-record.ts';
import { normaliseHostName } from '../../allow-list/host-name.ts';
import type { ScopeChoice } from '../../allow-list/scope.ts';
import { shownText } from '../../allow-list/shown-text.ts';
import type { Workspace } from '../../compose.ts';
import type { Destination, Protocol } from '../../model/allow-list.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Invocation } from '../command.ts';
import { jsonText } from '../render/json-text.ts';
import { entryText } from './diff-revisions.ts';
import { type FormerEntry, findFormerEntry } from './find-former-entry.ts';
import { findOrigin } from './find-origin.ts';
import { openList, splitListName } from './open-list.ts';
import { originText } from './origin-text.ts';

/** What a list says about one destination, by which entry, and who wanted that since when. */
export async function testDestination(
  invocation: Invocation,
  workspace: Workspace,
  [argument = '', text = '']: readonly string[],
  scope: ScopeChoice,
): Promise<Result<{ readonly text: string; readonly allowed: boolean }>> {
  const destination = parseDestination(text, invocation.text('protocol') ?? 'tcp');
  if (!destination.ok) {
    return destination;
  }
  const split = splitListName(argument);
  const list = split.ok ? await openList(workspace, split.value.name) : split;
  if (!split.ok || !list.ok) {
    return list.ok ? failure(...(split.ok ? [] : split.diagnostics)) : list;
  }
  const revision = await list.value.revision(split.value.revision);
  const set = revision.ok ? await list.value.setText(revision.value) : revision;
  if (!revision.ok || !set.ok) {
    return set.ok ? failure(...(revision.ok ? [] : revision.diagnostics)) : set;
  }
  const verdict = decide(set.value, destination.value, scope);
  const { name, revision: number } = revision.value;
  const origin =
    verdict.entry === undefined
      ? success(undefined)
      : await findOrigin(workspace.git, list.value, number, verdict.entry);
  if (!origin.ok) {
    return origin;
  }
  const former =
    verdict.entry === undefined
      ? await findFormerEntry(workspace.git, list.value, number, destination.value, scope)
      : undefined;
  const { target, protocol, port } = destination.value;
  const shown = `${target.kind === 'ip' && target.value.includes(':') ? `[${target.value}]` : target.value}:${port}/${protocol}`;
  const told =
    invocation.output === 'json'
      ? jsonText({
          formatVersion: 1,
          list: name,
          revision: number,
          destination: { [target.kind]: target.value, protocol, port },
          allowed: verdict.allowed,
          entry: verdict.entry === undefined ? null : entryRecord(verdict.entry),
          origin: origin.value ?? null,
          former: former === undefined ? null : { entry: entryRecord(former.entry), removed: former.removed },
          others: verdict.others.map(entryRecord),
        })
      : `${shown}: ${verdict.allowed ? 'allowed' : 'denied'} by ${name} revision ${number}\n${
          verdict.entry === undefined
            ? `  no entry speaks of it\n${formerText(former)}`
            : `  ${entryText(verdict.entry)}\n${originText(origin.value)}`
        }${verdict.others.map((entry) => `  also ${entryText(entry)}\n`).join('')}`;
  return success({ text: told, allowed: verdict.allowed });
}

function formerText(former: FormerEntry | undefined): string {
  return former === undefined
    ? ''
    : `  once ${entryText(former.entry)}\n${originText(former.removed, 'until')}`;
}

const destinationPattern = /^(?:\[([^\]]+)\]|([^:]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5}))?$/;

/**
 * `deb.debian.org:443`, `192.0.2.1`, `[2001:db8::1]:53`; port 443 where none stands there. SK9042 for anything else.
 */
export function parseDestination(text: string, protocolText: string): Result<Destination> {
  const [, bracketed, plain, bare, portText = '443'] = destinationPattern.exec(text) ?? [];
  const host = bracketed ?? plain ?? bare ?? '';
  const port = Number(portText);
  const protocol = protocolOf(protocolText);
  if (protocol === undefined || host === '' || port < 1 || port > 65_535) {
    return wrongDestination(
      text,
      'give NAME[:PORT], ADDRESS[:PORT] or [IPv6][:PORT], and tcp or udp as protocol',
    );
  }
  const address = parseAddress(host);
  if (address !== undefined) {
    return success({
      target: { kind: 'ip', value: addressText(address.family, address.value) },
      protocol,
      port,
    });
  }
  const name = normaliseHostName(host);
  return name.ok
    ? success({ target: { kind: 'name', value: name.name }, protocol, port })
    : wrongDestination(text, name.problem.hint);
}

function protocolOf(text: string): Protocol | undefined {
  return text === 'tcp' || text === 'udp' ? text : undefined;
}

function wrongDestination(text: string, hint: string): Result<never> {
  return failure({
    code: 'SK9042',
    severity: 'error',
    message: `${shownText(text)} is no destination`,
    hint,
  });
}
