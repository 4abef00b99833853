import type { GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readHeadAt, readHeadIn } from '../catalog/next-head.ts';
import { headPath } from '../catalog/paths.ts';
import { readTrustFiles } from '../trust/read-trust.ts';
import { verifyTrustChain } from '../trust/verify-trust-chain.ts';
import { allFindings, mend, noBreaches, withReport } from './breaches.ts';
import { checkStep } from './check-step.ts';
import { finding, shortCommit } from './finding.ts';
import { isMissing } from './missing-objects.ts';
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
  if (history.gap.length > 0) {
    return { ...history, findings: history.gap.map(asUnreadable) };
  }
  const rewritten = usable !== undefined && !(await input.git.isAncestor(usable.commit, input.commit));
  const message = `the history of ${shortCommit(input.commit)} does not lead to ${shortCommit(usable?.commit ?? '')}, which was verified before`;
  const hint =
    'the branch was reset or rewritten: find out by whom; then delete the remembered prefix and verify again';
  return { ...history, findings: rewritten ? [finding('SK8045', headPath, message, hint)] : [] };
}

/** Whether a newer catalog was verified before than the one that is there now. */
export function rolledBack(
  state: VerifiedState,
  remembered: VerifiedPrefix | undefined,
): readonly Diagnostic[] {
  const counter = state.head?.head.counter ?? 0;
  const message = `the newest head has the counter ${counter}, and ${remembered?.counter} was verified before`;
  const hint = 'an older catalog was put in place of a newer one: find out by whom';
  return remembered !== undefined && !state.headUnread && counter < remembered.counter
    ? [finding('SK8045', headPath, message, hint)]
    : [];
}

/** Judges every commit of the line by the state before it. */
export async function judgeHistory(
  input: VerifyInput,
  history: History,
): Promise<{ readonly state: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const started = await startState(input, history);
  const merges: Diagnostic[] = [];
  const missing: Diagnostic[] = [];
  const context = stepContext(input, history, missing);
  const catalogs = new Set<ObjectId | undefined>([started.state.catalog]);
  let breaches = noBreaches(started.state);
  let state = started.state;
  for (const step of history.steps) {
    ({ breaches, state } = mend(breaches, state, step));
    const checked = await checkStep(context, state, step);
    missing.push(...[...checked.catalogFindings, ...checked.trustFindings].filter(isMissing));
    breaches = withReport(breaches, {
      after: checked.after,
      catalogFindings: checked.catalogFindings.filter((one) => !isMissing(one)),
      trustFindings: checked.trustFindings.filter((one) => !isMissing(one)),
    });
    if (
      step.leftBehind !== undefined &&
      !(await isBehind(input.git, step.leftBehind, catalogs, started.state, missing))
    ) {
      const message = `the merge ${shortCommit(step.commit.id)} drops the catalog of its first parent`;
      merges.push(finding('SK8043', 'catalog', message));
    }
    state = checked.after;
    catalogs.add(state.catalog);
  }
  return { state, findings: [...started.findings, ...missing, ...allFindings(breaches), ...merges] };
}

/** Whether a catalog is one that the line has passed, or older than where the walk began, as far as that can be told. */
async function isBehind(
  git: GitObjects,
  catalog: ObjectId,
  passed: ReadonlySet<ObjectId | undefined>,
  start: VerifiedState,
  missing: Diagnostic[],
): Promise<boolean> {
  if (passed.has(catalog) || start.headUnread) {
    return true;
  }
  const head = await readHeadIn(git, catalog);
  if (!head.ok && head.diagnostics.some(isMissing)) {
    missing.push(...head.diagnostics);
    return true;
  }
  return head.ok && head.value !== undefined && head.value.head.counter <= (start.head?.head.counter ?? 0);
}

/** Where the walk starts from: nothing, or what the remembered commit or the oldest one that could be read holds. */
async function startState(
  input: VerifyInput,
  history: History,
): Promise<{ readonly state: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const { base, gap } = history;
  if (base === undefined) {
    const unread = gap.length > 0;
    const nothing = { catalog: undefined, head: undefined, trust: undefined, trustTree: undefined };
    return { state: { ...nothing, headUnread: unread, trustUnread: unread }, findings: [] };
  }
  const head = await readHeadAt(input.git, base.commit.id);
  const files = await readTrustFiles(input.git, base.commit.id);
  const trust = files.ok ? verifyTrustChain(files.value, input.pinnedTrust) : files;
  return {
    state: {
      catalog: base.catalog,
      head: head.ok ? head.value : undefined,
      headUnread: !head.ok && head.diagnostics.some(isMissing),
      trust: trust.ok ? trust.value : undefined,
      trustUnread: !trust.ok && trust.diagnostics.some(isMissing),
      trustTree: base.trust,
    },
    findings: [...(head.ok ? [] : head.diagnostics), ...(trust.ok ? [] : trust.diagnostics)],
  };
}

/** What cannot be told since this clone does not hold it is let pass, and goes to `missing`: it is never passed over. */
function stepContext(input: VerifyInput, history: History, missing: Diagnostic[]): StepContext {
  const line = [...(history.base === undefined ? [] : [history.base]), ...history.steps];
  const order = new Map<string, number>(line.map((step, index) => [step.commit.id, index]));
  const isCut = cutDetector(input, history, missing);
  return {
    git: input.git,
    pinnedTrust: input.pinnedTrust,
    memo: new Map(),
    now: input.now,
    async isKnownDesired(desired, at) {
      const known = await input.git.resolveCommit(desired);
      if (known.ok && known.value !== desired) {
        return false;
      }
      const [ancestor, commit] = [known.ok ? order.get(known.value) : undefined, order.get(at)];
      if (input.desiredTip === undefined && ancestor !== undefined && commit !== undefined) {
        return ancestor <= commit;
      }
      const isBehind = known.ok && (await input.git.isAncestor(known.value, input.desiredTip ?? at));
      return isBehind || isCut();
    },
  };
}

/** Whether a commit that the desired state does not lead to may be one that this clone was cut off from. */
function cutDetector(
  { git, desiredTip }: VerifyInput,
  { gap }: History,
  missing: Diagnostic[],
): () => Promise<boolean> {
  let cut: Promise<boolean> | undefined;
  const detect = async (): Promise<boolean> => {
    const line = gap.length > 0 || desiredTip === undefined ? undefined : await git.firstParents(desiredTip);
    missing.push(...(line?.ok === false ? line.diagnostics.map(asUnreadable) : []));
    return gap.length > 0 || line?.ok === false;
  };
  return () => {
    cut ??= detect();
    return cut;
  };
}

/** Of another kind than a missing object, which is told together with all others. */
function asUnreadable(diagnostic: Diagnostic): Diagnostic {
  const hint = 'run "git fsck"; fetch again from the remote, or clone anew';
  const message = `the history cannot be read: ${diagnostic.message}`;
  return isMissing(diagnostic)
    ? diagnostic
    : finding('SK8044', diagnostic.place?.file ?? 'catalog', message, hint);
}
