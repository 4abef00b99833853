import type { GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readHeadAt, readHeadIn } from '../catalog/next-head.ts';
import { headPath } from '../catalog/paths.ts';
import { readTrustFiles } from '../trust/read-trust.ts';
import { verifyTrustChain } from '../trust/verify-trust-chain.ts';
import { allFindings, mend, noBreaches, withReport } from './breaches.ts';
import { checkStep } from './check-step.ts';
import { finding, shortCommit } from './finding.ts';
import type { VerifiedPrefix } from './verified-prefix.ts';
import type { StepContext, VerifiedState } from './verified-state.ts';
import type { VerifyInput } from './verify-input.ts';
import { type History, walkHistory } from './walk-history.ts';

/** A line of commits, and what was found while it was looked for. */
export interface StartedHistory extends History {
  readonly findings: readonly Diagnostic[];
}

/** Walks to the remembered commit where that one counts: same anchor of trust, and still on the line. */
export async function walkFrom(
  input: VerifyInput,
  remembered: VerifiedPrefix | undefined,
): Promise<StartedHistory> {
  const usable = remembered?.anchor === (input.pinnedTrust ?? remembered?.anchor) ? remembered : undefined;
  const history = await walkHistory(input.git, input.commit, usable?.commit);
  if (!history.ok) {
    return { base: undefined, steps: [], findings: history.diagnostics.map(asUnreadable) };
  }
  const rewritten = usable !== undefined && !(await input.git.isAncestor(usable.commit, input.commit));
  const message = `the history of ${shortCommit(input.commit)} does not lead to ${shortCommit(usable?.commit ?? '')}, which was verified before`;
  const hint =
    'the branch was reset or rewritten: find out by whom; then delete the remembered prefix and verify again';
  return { ...history.value, findings: rewritten ? [finding('SK8045', headPath, message, hint)] : [] };
}

/** Whether a newer catalog was verified before than the one that is there now. */
export function rolledBack(
  state: VerifiedState,
  remembered: VerifiedPrefix | undefined,
): readonly Diagnostic[] {
  const counter = state.head?.head.counter ?? 0;
  const message = `the newest head has the counter ${counter}, and ${remembered?.counter} was verified before`;
  const hint = 'an older catalog was put in place of a newer one: find out by whom';
  return remembered !== undefined && counter < remembered.counter
    ? [finding('SK8045', headPath, message, hint)]
    : [];
}

/** Judges every commit of the line by the state before it. */
export async function judgeHistory(
  input: VerifyInput,
  history: History,
): Promise<{ readonly state: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const started = await startState(input, history);
  const context = stepContext(input, history);
  const merges: Diagnostic[] = [];
  const catalogs = new Set<ObjectId | undefined>([started.state.catalog]);
  let breaches = noBreaches(started.state);
  let state = started.state;
  for (const step of history.steps) {
    ({ breaches, state } = mend(breaches, state, step));
    const checked = await checkStep(context, state, step);
    breaches = withReport(breaches, checked);
    if (
      step.leftBehind !== undefined &&
      !(await isBehind(input.git, step.leftBehind, catalogs, started.state))
    ) {
      const message = `the merge ${shortCommit(step.commit.id)} drops the catalog of its first parent`;
      merges.push(finding('SK8043', 'catalog', message));
    }
    state = checked.after;
    catalogs.add(state.catalog);
  }
  return { state, findings: [...started.findings, ...allFindings(breaches), ...merges] };
}

/** Whether a catalog is one that the line has passed, or older than where the walk began. */
async function isBehind(
  git: GitObjects,
  catalog: ObjectId,
  passed: ReadonlySet<ObjectId | undefined>,
  start: VerifiedState,
): Promise<boolean> {
  if (passed.has(catalog)) {
    return true;
  }
  const head = await readHeadIn(git, catalog);
  return head.ok && head.value !== undefined && head.value.head.counter <= (start.head?.head.counter ?? 0);
}

/** Where the walk starts from: nothing, or what the remembered commit holds. */
async function startState(
  input: VerifyInput,
  history: History,
): Promise<{ readonly state: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const { base } = history;
  if (base === undefined) {
    return {
      state: { catalog: undefined, head: undefined, trust: undefined, trustTree: undefined },
      findings: [],
    };
  }
  const head = await readHeadAt(input.git, base.commit.id);
  const files = await readTrustFiles(input.git, base.commit.id);
  const trust = files.ok ? verifyTrustChain(files.value, input.pinnedTrust) : files;
  return {
    state: {
      catalog: base.catalog,
      head: head.ok ? head.value : undefined,
      trust: trust.ok ? trust.value : undefined,
      trustTree: base.trust,
    },
    findings: [...(head.ok ? [] : head.diagnostics), ...(trust.ok ? [] : trust.diagnostics)],
  };
}

function stepContext(input: VerifyInput, history: History): StepContext {
  const line = [...(history.base === undefined ? [] : [history.base]), ...history.steps];
  const order = new Map<string, number>(line.map((step, index) => [step.commit.id, index]));
  return {
    git: input.git,
    pinnedTrust: input.pinnedTrust,
    memo: new Map(),
    now: input.now,
    async isKnownDesired(desired, at) {
      const known = await input.git.resolveCommit(desired);
      if (!known.ok || known.value !== desired) {
        return false;
      }
      if (input.desiredTip !== undefined) {
        return input.git.isAncestor(known.value, input.desiredTip);
      }
      const [ancestor, commit] = [order.get(known.value), order.get(at)];
      return ancestor !== undefined && commit !== undefined
        ? ancestor <= commit
        : input.git.isAncestor(known.value, at);
    },
  };
}

function asUnreadable(diagnostic: Diagnostic): Diagnostic {
  const message = `the history cannot be read: ${diagnostic.message}`;
  return finding(
    'SK8044',
    diagnostic.place?.file ?? 'catalog',
    message,
    'fetch the whole history: a shallow clone is not enough',
  );
}
