import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import type { ProcessResult } from '../process/process.ts';
import { firstComplaint } from './git-failure.ts';
import { refusalRules } from './refusal-rules.ts';

/** Why a remote did not take a push, or did not answer. */
export type PushRefusal =
  | { readonly status: 'raced'; readonly detail: string }
  /** `diagnostic.failure` is `transient` or `stalled`. */
  | { readonly status: 'refused'; readonly diagnostic: Diagnostic };

export interface RemoteConversation {
  /** `pushing to`, `fetching from`. */
  readonly doing: string;
  readonly remote: string;
  readonly branch: string;
}

/**
 * Reads git's and the server's text, the only place where that is done. The rules are tried in order: a named cause
 * that a person must see to comes before a race, since servers report both in one answer; what no rule knows is
 * stalled, so that nothing is hammered.
 */
export function classifyPushRefusal(
  result: Pick<ProcessResult, 'ended' | 'stderr' | 'startError'> & { readonly stdout: Uint8Array },
  conversation: RemoteConversation,
): PushRefusal {
  const { doing, remote } = conversation;
  if (result.ended === 'timed-out') {
    return refused(
      'SK2104',
      'timed-out',
      `${doing} ${remote} took too long`,
      'see that the remote answers, then try again',
    );
  }
  if (result.ended === 'cancelled') {
    return refused('SK2104', 'cancelled', `${doing} ${remote} was cancelled`, 'run it again');
  }
  if (result.ended === 'not-started') {
    return refused(
      'SK2003',
      'stalled',
      `git could not be started: ${result.startError ?? 'no reason given'}`,
      'install git',
    );
  }
  const text = `${Buffer.from(result.stdout).toString('utf8')}\n${result.stderr}`;
  const rule = refusalRules.find(({ pattern }) => pattern.test(text));
  const detail = detailOf(text);
  if (rule === undefined) {
    return refused(
      'SK2110',
      'stalled',
      `${doing} ${remote} was refused: ${detail}`,
      "the text above is the remote's own; see to its cause and run again",
    );
  }
  if (rule.kind === 'raced') {
    return { status: 'raced', detail };
  }
  return refused(
    rule.code,
    rule.kind,
    `${doing} ${remote} failed, ${rule.cause}: ${detail}`,
    rule.hint.replaceAll('<branch>', conversation.branch),
  );
}

function refused(
  code: DiagnosticCode,
  kind: NonNullable<Diagnostic['failure']>,
  message: string,
  hint: string,
): PushRefusal {
  return { status: 'refused', diagnostic: { code, severity: 'error', message, hint, failure: kind } };
}

/** What the remote said of it, in one line: its own words, else git's verdict on the ref. */
function detailOf(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const said = lines
    .filter((line) => /^remote:/.test(line))
    .map((line) => line.replace(/^remote:\s*/, ''))
    .filter((line) => /[a-z0-9]/i.test(line));
  const verdict = lines
    .map((line) => /\[(?:remote )?(?:rejected|failure)\] ?\(?(.*?)\)?$/.exec(line)?.[1])
    .find((line) => line);
  return [...said.slice(0, 3), verdict ?? firstComplaint(text.replaceAll(/^remote:.*$/gm, ''))]
    .filter((line) => line !== '')
    .join('; ')
    .slice(0, 600);
}
