import type { CommitId, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Memo } from '../../adapters/memo/memo.ts';
import type { Store } from '../../adapters/store/store.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { inTotoPayloadType } from '../attest/dsse.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { readHeadAt, readHeadIn } from '../catalog/next-head.ts';
import { headPath } from '../catalog/paths.ts';
import { readTrustFiles } from '../trust/read-trust.ts';
import { keyRule, keysEverIn } from '../trust/trust.ts';
import { verifyTrustChain } from '../trust/verify-trust-chain.ts';
import { checkArtifacts } from './check-artifacts.ts';
import { type ContentReport, checkContent } from './check-content.ts';
import { checkReferences } from './check-references.ts';
import { checkStep, type StepContext, type VerifiedState } from './check-step.ts';
import { finding, shortCommit } from './finding.ts';
import { readVerifiedPrefix, type VerifiedPrefix, writeVerifiedPrefix } from './verified-prefix.ts';
import { type History, walkHistory } from './walk-history.ts';

export interface VerifyInput {
  readonly git: GitObjects;
  /** Tip of the branch that carries the catalog. */
  readonly commit: CommitId;
  /** Digest of `trust/1.json` (`sha256sum trust/1.json`), known from elsewhere. */
  readonly pinnedTrust?: Digest;
  /** Where it is given, every artifact, SBOM and log is read from it and compared. */
  readonly store?: Store;
  readonly now: Date;
  /** Tip of the desired state's branch, where the catalog has a branch of its own. */
  readonly desiredTip?: CommitId;
  /** Remembers how far history was found sound. A tip that does not contain that commit is a finding (SK8045). */
  readonly prefix?: Memo;
}

export interface Verification {
  /** Empty where everything holds; errors, and warnings such as SK8015 (unpinned). */
  readonly findings: readonly Diagnostic[];
  readonly summary: VerificationSummary;
}

export interface VerificationSummary {
  /** No finding is an error. */
  readonly sound: boolean;
  readonly commit: CommitId;
  /** Whether the trust was compared with a pinned digest. */
  readonly trust: { readonly anchor: Digest; readonly version: number; readonly pinned: boolean } | null;
  readonly head: {
    readonly counter: number;
    readonly desiredCommit: string;
    readonly expiresAt: string;
  } | null;
  /** Commits judged in this walk; those before `startedFrom` were judged earlier. */
  readonly commits: number;
  readonly startedFrom: CommitId | null;
  readonly images: number;
  readonly imageVersions: number;
  readonly runs: number;
  readonly envelopes: number;
  /** Null where no store was read. */
  readonly artifacts: number | null;
}

/**
 * Checks a catalog from its first commit to its content: history, heads, keys, records, references and, with a store,
 * artifacts. Gives all findings in one go; a repository that cannot be read is a finding too.
 */
export async function verifyCatalog(input: VerifyInput): Promise<Verification> {
  const remembered = input.prefix === undefined ? undefined : await readVerifiedPrefix(input.prefix);
  const history = await walkFrom(input, remembered);
  const walked = await judge(input, history);
  const { state } = walked;
  const tip = await judgeTip(input, state);
  const findings = [
    ...history.findings,
    ...walked.findings,
    ...rolledBack(state, remembered),
    ...tip.findings,
  ];
  const sound = findings.every((one) => one.severity !== 'error');
  if (sound && input.prefix !== undefined && state.trust !== undefined) {
    const counter = state.head?.head.counter ?? 0;
    await writeVerifiedPrefix(input.prefix, {
      formatVersion: 1,
      commit: input.commit,
      anchor: state.trust.anchor,
      counter,
    });
  }
  return {
    findings,
    summary: {
      sound,
      commit: input.commit,
      trust: state.trust
        ? {
            anchor: state.trust.anchor,
            version: state.trust.latest.signed.version,
            pinned: state.trust.pinned,
          }
        : null,
      head: state.head?.head ?? null,
      commits: history.steps.length,
      startedFrom: history.base?.commit.id ?? null,
      images: tip.content.facts.states.size,
      imageVersions: tip.content.facts.images.size,
      runs: tip.content.facts.runs.size,
      envelopes: tip.content.envelopes,
      artifacts: tip.artifacts,
    },
  };
}

interface StartedHistory extends History {
  readonly findings: readonly Diagnostic[];
}

async function walkFrom(input: VerifyInput, remembered: VerifiedPrefix | undefined): Promise<StartedHistory> {
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

function rolledBack(state: VerifiedState, remembered: VerifiedPrefix | undefined): readonly Diagnostic[] {
  const counter = state.head?.head.counter ?? 0;
  const message = `the newest head has the counter ${counter}, and ${remembered?.counter} was verified before`;
  const hint = 'an older catalog was put in place of a newer one: find out by whom';
  return remembered !== undefined && counter < remembered.counter
    ? [finding('SK8045', headPath, message, hint)]
    : [];
}

async function judge(
  input: VerifyInput,
  history: History,
): Promise<{ readonly state: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const started = await startState(input, history);
  const context = stepContext(input, history);
  const findings: Diagnostic[] = [...started.findings];
  const catalogs = new Set<ObjectId | undefined>([started.state.catalog]);
  let state = started.state;
  for (const step of history.steps) {
    const checked = await checkStep(context, state, step);
    findings.push(...checked.findings);
    if (
      step.leftBehind !== undefined &&
      !(await isBehind(input.git, step.leftBehind, catalogs, started.state))
    ) {
      const message = `the merge ${shortCommit(step.commit.id)} drops the catalog of its first parent`;
      findings.push(finding('SK8043', 'catalog', message));
    }
    state = checked.after;
    catalogs.add(state.catalog);
  }
  return { state, findings };
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

async function judgeTip(
  input: VerifyInput,
  state: VerifiedState,
): Promise<{
  readonly content: ContentReport;
  readonly artifacts: number | null;
  readonly findings: readonly Diagnostic[];
}> {
  const builders = keysEverIn(state.trust?.versions ?? [], 'builder');
  const content = await checkContent(input.git, input.commit, builders);
  const artifacts =
    input.store === undefined ? undefined : await checkArtifacts(input.store, content.facts, builders);
  return {
    content,
    artifacts: artifacts?.checked ?? null,
    findings: [
      ...checkNewestHead(input, state, content),
      ...content.findings,
      ...checkReferences(content.facts),
      ...(artifacts?.findings ?? []),
      ...unpinned(state),
    ],
  };
}

/** The newest head again, against what was read now: a remembered prefix vouches for nothing at the tip. */
function checkNewestHead(
  input: VerifyInput,
  state: VerifiedState,
  content: ContentReport,
): readonly Diagnostic[] {
  const { head, trust } = state;
  if (head === undefined || trust === undefined) {
    const message = `there is no catalog with a valid head at ${shortCommit(input.commit)}`;
    return [
      finding(
        'SK8070',
        headPath,
        message,
        'run `sandkiln reconcile`, or name the branch that carries the catalog',
      ),
    ];
  }
  const findings: Diagnostic[] = [];
  const judgeTrust = trust.versions[head.head.trustVersion - 1];
  const rule = judgeTrust === undefined ? { threshold: 1, keys: [] } : keyRule(judgeTrust, 'builder');
  const verdict = verifyEnvelope(head.envelope, inTotoPayloadType, rule);
  if (!verdict.verified) {
    findings.push(
      finding('SK8032', headPath, `the newest head does not count as a builder's: ${verdict.why}`),
    );
  }
  if (content.merkleDigest !== head.catalogDigest) {
    const message = `the catalog has the digest ${content.merkleDigest}, and its newest valid head says ${head.catalogDigest}`;
    findings.push(finding('SK8035', headPath, message));
  }
  if (Date.parse(head.head.expiresAt) <= input.now.getTime()) {
    const message = `the newest head expired at ${head.head.expiresAt}`;
    const hint =
      'fetch the branch from where it is written; if it is the newest there, run `sandkiln reconcile`';
    findings.push(finding('SK8037', headPath, message, hint));
  }
  return findings;
}

function unpinned(state: VerifiedState): readonly Diagnostic[] {
  if (state.trust === undefined || state.trust.pinned) {
    return [];
  }
  const message = 'unpinned: trust/1.json was taken from the repository itself';
  const hint = `pin ${state.trust.anchor} after comparing it with its owners`;
  return [{ ...finding('SK8015', 'trust/1.json', message, hint), severity: 'warning' }];
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
