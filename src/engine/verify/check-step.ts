import type { CommitId, GitObjects, ObjectId } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { inTotoPayloadType } from '../attest/dsse.ts';
import { gitNamespace } from '../attest/ssh-signature.ts';
import { verifyEnvelope } from '../attest/verify-envelope.ts';
import { verifySshSignature } from '../attest/verify-ssh-signature.ts';
import { catalogDigestOfTree, catalogFileLimitBytes } from '../catalog/catalog-digest.ts';
import type { DigestMemo } from '../catalog/digest-memo.ts';
import type { ReadHead } from '../catalog/head.ts';
import { readHeadIn } from '../catalog/next-head.ts';
import { parseAttestations } from '../catalog/parse-attestations.ts';
import { headPath, isImmutable } from '../catalog/paths.ts';
import { readTrustFiles } from '../trust/read-trust.ts';
import { keyRule, type Trust } from '../trust/trust.ts';
import { type TrustChain, verifyTrustChain } from '../trust/verify-trust-chain.ts';
import { differences } from './catalog-diff.ts';
import { finding, shortCommit } from './finding.ts';
import type { HistoryStep } from './walk-history.ts';

/** What is known to hold after a commit: the judge of the next one. */
export interface VerifiedState {
  readonly catalog: ObjectId | undefined;
  readonly head: ReadHead | undefined;
  readonly trust: TrustChain | undefined;
  readonly trustTree: ObjectId | undefined;
}

export interface StepContext {
  readonly git: GitObjects;
  readonly pinnedTrust: Digest | undefined;
  /** Digests of objects whose content this process has read. */
  readonly memo: DigestMemo;
  readonly now: Date;
  /** Whether a desired commit is one that the catalog may stand for, seen from the commit that names it. */
  isKnownDesired(desired: string, at: CommitId): Promise<boolean>;
}

/** Judges one commit by the state before it, never by what the commit itself says of keys. */
export async function checkStep(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<{ readonly after: VerifiedState; readonly findings: readonly Diagnostic[] }> {
  const catalog =
    step.catalog === before.catalog
      ? { head: before.head, findings: [] }
      : await checkCatalogChange(context, before, step);
  const trust =
    step.trust === before.trustTree
      ? { chain: before.trust, findings: [] }
      : await checkTrustChange(context, before, step);
  return {
    after: { catalog: step.catalog, head: catalog.head, trust: trust.chain, trustTree: step.trust },
    findings: [...catalog.findings, ...trust.findings],
  };
}

async function checkCatalogChange(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<{ readonly head: ReadHead | undefined; readonly findings: readonly Diagnostic[] }> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const trust = before.trust?.latest;
  if (trust === undefined) {
    const hint = 'commit trust/1.json before the first reconcile';
    return {
      head: before.head,
      findings: [
        finding('SK8010', 'trust/1.json', `${at} changes the catalog, and no trust stands before it`, hint),
      ],
    };
  }
  const findings = [...checkSigner(step, trust), ...(await checkFiles(context, before, step, trust))];
  const read = await readHeadOf(context.git, step, at);
  if (!('head' in read)) {
    return { head: before.head, findings: [...findings, read.finding] };
  }
  if (read.head.digest === before.head?.digest) {
    return {
      head: before.head,
      findings: [...findings, finding('SK8040', headPath, `${at} changes the catalog without a new head`)],
    };
  }
  const rule = keyRule(trust, 'builder');
  const verdict = verifyEnvelope(read.head.envelope, inTotoPayloadType, rule);
  if (!verdict.verified) {
    const message = `the head of ${at} does not count as a builder's: ${verdict.why}`;
    return { head: before.head, findings: [...findings, finding('SK8032', headPath, message)] };
  }
  return {
    head: read.head,
    findings: [...findings, ...(await checkHead(context, before, step, read.head, trust))],
  };
}

async function readHeadOf(
  git: GitObjects,
  step: HistoryStep,
  at: string,
): Promise<{ readonly head: ReadHead } | { readonly finding: Diagnostic }> {
  const head = step.catalog === undefined ? undefined : await readHeadIn(git, step.catalog);
  if (head?.ok === false) {
    return {
      finding: finding(
        'SK8031',
        headPath,
        `the head of ${at} cannot be read: ${head.diagnostics[0]?.message}`,
      ),
    };
  }
  return head?.value === undefined
    ? { finding: finding('SK8030', headPath, `${at} leaves the catalog without a head`) }
    : { head: head.value };
}

async function checkHead(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
  read: ReadHead,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const { head } = read;
  const at = `commit ${shortCommit(step.commit.id)}`;
  const findings: Diagnostic[] = [];
  const due = (before.head?.head.counter ?? 0) + 1;
  if (head.counter !== due) {
    findings.push(
      finding('SK8033', headPath, `the head of ${at} has the counter ${head.counter}, and ${due} is due`),
    );
  }
  if (head.previous !== (before.head?.digest ?? null)) {
    findings.push(finding('SK8034', headPath, `the head of ${at} does not name the head before it`));
  }
  if (head.trustVersion !== trust.signed.version) {
    const message = `the head of ${at} refers to trust ${head.trustVersion}, and ${trust.signed.version} was in force`;
    findings.push(finding('SK8038', headPath, message));
  }
  const [issuedMs, expiresMs] = [Date.parse(head.issuedAt), Date.parse(head.expiresAt)];
  if (expiresMs <= issuedMs || issuedMs > context.now.getTime() + clockToleranceMs) {
    const message = `the head of ${at} is issued ${head.issuedAt} and expires ${head.expiresAt}: that cannot be`;
    findings.push(
      finding('SK8039', headPath, message, 'check the clock of the machine that wrote it, and of this one'),
    );
  }
  const digest = await catalogDigestOfTree({ git: context.git, root: step.catalog, memo: context.memo });
  if (!digest.ok) {
    findings.push(...digest.diagnostics);
  } else if (digest.value !== read.catalogDigest) {
    const message = `the catalog of ${at} has the digest ${digest.value}, and its head says ${read.catalogDigest}`;
    findings.push(finding('SK8035', headPath, message));
  }
  if (!(await context.isKnownDesired(head.desiredCommit, step.commit.id))) {
    const message = `the head of ${at} stands for the desired commit ${head.desiredCommit}, which is not in its history`;
    findings.push(
      finding('SK8036', headPath, message, 'fetch the whole history, and the branch of the desired state'),
    );
  }
  return findings;
}

/** Clocks of two machines may be this far apart. */
const clockToleranceMs = 5 * 60 * 1000;

function checkSigner(step: HistoryStep, trust: Trust): readonly Diagnostic[] {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const { signature } = step.commit;
  if (signature === undefined) {
    return [finding('SK8041', 'catalog', `${at} changes the catalog and is not signed`)];
  }
  const verdict = verifySshSignature(signature.armour, signature.signed, gitNamespace);
  if (!verdict.verified) {
    return [finding('SK8041', 'catalog', `the signature of ${at} does not hold: ${verdict.why}`)];
  }
  const keys = keyRule(trust, 'builder').keys;
  return keys.some((key) => key.keyId === verdict.key.keyId)
    ? []
    : [
        finding(
          'SK8041',
          'catalog',
          `${at} changes the catalog, and its key ${verdict.key.keyId} is no builder's`,
        ),
      ];
}

/** Records that must never change have not, and what is new in attestations is signed by builders of that moment. */
async function checkFiles(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const changed = await differences(context.git, before.catalog, step.catalog, 'catalog');
  if (!changed.ok) {
    return changed.diagnostics;
  }
  const findings: Diagnostic[] = [];
  for (const { path, before: old, after } of changed.value) {
    if (old !== undefined && isImmutable(path)) {
      const what = after === undefined ? 'removes' : 'changes';
      findings.push(finding('SK8042', path, `${at} ${what} ${path}, which stays as it is once it is there`));
    }
    if (after !== undefined && path.endsWith('/attestations.intoto.jsonl')) {
      findings.push(...(await checkNewAttestations(context.git, after.id, path, at, trust)));
    }
  }
  return findings;
}

async function checkNewAttestations(
  git: GitObjects,
  blob: ObjectId,
  path: string,
  at: string,
  trust: Trust,
): Promise<readonly Diagnostic[]> {
  const bytes = await git.readBlob(blob, catalogFileLimitBytes);
  const envelopes = bytes.ok ? parseAttestations(bytes.value, path) : bytes;
  if (!envelopes.ok) {
    return envelopes.diagnostics;
  }
  const rule = keyRule(trust, 'builder');
  return envelopes.value.flatMap((envelope) => {
    const verdict = verifyEnvelope(envelope, inTotoPayloadType, rule);
    return verdict.verified
      ? []
      : [
          finding(
            'SK8021',
            path,
            `an attestation that ${at} adds does not count as a builder's: ${verdict.why}`,
          ),
        ];
  });
}

async function checkTrustChange(
  context: StepContext,
  before: VerifiedState,
  step: HistoryStep,
): Promise<{ readonly chain: TrustChain | undefined; readonly findings: readonly Diagnostic[] }> {
  const at = `commit ${shortCommit(step.commit.id)}`;
  const files = await readTrustFiles(context.git, step.commit.id);
  if (!files.ok) {
    return { chain: before.trust, findings: files.diagnostics };
  }
  if (files.value.size === 0 && before.trust === undefined) {
    return { chain: undefined, findings: [] };
  }
  const chain = verifyTrustChain(files.value, context.pinnedTrust);
  if (!chain.ok) {
    return { chain: before.trust, findings: chain.diagnostics };
  }
  const changed = before.trust?.versions.find(
    (known) => chain.value.versions[known.signed.version - 1]?.digest !== known.digest,
  );
  if (changed !== undefined) {
    const file = `trust/${changed.signed.version}.json`;
    return { chain: before.trust, findings: [finding('SK8016', file, `${at} removes or replaces ${file}`)] };
  }
  return { chain: chain.value, findings: [] };
}
