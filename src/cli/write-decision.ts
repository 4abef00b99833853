import { dirname, join } from 'node:path';
import { openClock, openSigner, type Workspace } from '../compose.ts';
import {
  decisionBytes,
  decisionPath,
  reasonLimit,
  ruleForDecider,
} from '../engine/decisions/decision-file.ts';
import type { Decision } from '../model/decision.ts';
import { identityText } from '../model/resource.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { Invocation } from './command.ts';
import { makeFolders } from './make-folders.ts';
import { jsonText } from './render/json-text.ts';
import { newRunId } from './run-identity.ts';
import { readWorkTreeTrust } from './work-tree-trust.ts';
import { writeNewFile } from './write-new-file.ts';
import { wrongOption } from './wrong-option.ts';

export const decisionOptions = {
  reason: {
    type: 'string',
    value: 'TEXT',
    help: 'why; stands in the decision, and in plans that it changes',
  },
  until: {
    type: 'string',
    value: 'TIME',
    help: 'when the decision ends by itself, as 2027-01-31T00:00:00Z; default: it stands',
  },
} as const;

/**
 * Signs a decision with the key of this host and writes its file to the work tree, for a commit and a pull request.
 * SK9043 without a reason, SK8018 where the trust gives the key no such role.
 */
export async function writeDecision(
  invocation: Invocation,
  workspace: Workspace,
  what: Pick<Decision, 'type' | 'resource' | 'change'>,
): Promise<Result<string>> {
  const reason = invocation.text('reason')?.trim() ?? '';
  const now = (await openClock()).now();
  const until = readUntil(invocation.text('until'), now);
  if (reason === '' || !until.ok) {
    return until.ok ? failure(noReason()) : until;
  }
  if (reason.length > reasonLimit || !reason.isWellFormed()) {
    return failure(
      wrongOption(
        'reason',
        `${reason.slice(0, 40).toWellFormed()}…`,
        `text of at most ${reasonLimit} characters`,
      ),
    );
  }
  const { workTree } = workspace.git;
  const trust = await readWorkTreeTrust(workspace);
  const signer = trust.ok ? await openSigner(workspace.host) : trust;
  if (!trust.ok || !signer.ok || workTree === undefined) {
    return signer.ok ? failure(...(trust.ok ? [] : trust.diagnostics)) : signer;
  }
  const { keyId } = signer.value;
  const rule = ruleForDecider(what.type, trust.value.newest, { keyId, keyFile: workspace.host.keyFile });
  if (!rule.ok) {
    return rule;
  }
  const decision: Decision = {
    id: newRunId(now),
    ...what,
    reason,
    createdAt: now.toISOString(),
    expiresAt: until.value,
  };
  const file = decisionPath(decision.id);
  const folder = await makeFolders(join(workTree, dirname(file)));
  const written = folder.ok
    ? await writeNewFile(join(workTree, file), await decisionBytes(decision, signer.value))
    : folder;
  if (!written.ok) {
    return written;
  }
  return success(
    invocation.output === 'json'
      ? jsonText({ formatVersion: 1, file, decision })
      : `${file}: ${what.type} ${identityText(what.resource)}\n${decisionStatus(file, 1, rule.value.threshold)}`,
  );
}

/** What is to be done with a decision, signed by so many keys of those that it needs. */
export function decisionStatus(file: string, signatures: number, needed: number): string {
  return signatures < needed
    ? `${signatures} of ${needed} signatures: somebody else with the role runs sandkiln countersign ${file}; commit it then\n`
    : `it counts once it is committed: git add ${file} && git commit\n`;
}

function readUntil(text: string | undefined, now: Date): Result<string | null> {
  if (text === undefined) {
    return success(null);
  }
  const time = Date.parse(text);
  // Days that the calendar does not have are read as others.
  const isTime = !Number.isNaN(time) && new Date(time).toISOString().replace('.000Z', 'Z') === text;
  return isTime && time > now.getTime()
    ? success(new Date(time).toISOString())
    : failure(wrongOption('until', text, 'a time to come, in UTC: 2027-01-31T00:00:00Z'));
}

function noReason() {
  return {
    code: 'SK9043',
    severity: 'error',
    message: 'a decision needs a reason',
    hint: 'say why with --reason TEXT: others will read it in plans and in git log',
  } as const;
}
