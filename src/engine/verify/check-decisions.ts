import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import { changeDigest } from '../../model/change-digest.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText } from '../../model/resource.ts';
import { success } from '../../model/result.ts';
import { isRunId } from '../catalog/paths.ts';
import { decisionPath, readDecision } from '../decisions/decision-file.ts';
import type { Trust } from '../trust/trust.ts';
import type { CatalogFacts, RevisionFacts } from './catalog-facts.ts';
import { finding } from './finding.ts';

const decisionLimitBytes = 64 * 1024;

/**
 * Checks the decisions that revisions stand on (SK8065): one that leaves its list empty names one, and each one named is in
 * the desired state that the revision was made of, signed by somebody who had the role, about exactly this change.
 */
export async function checkDecisions(
  git: Pick<GitObjects, 'listTree' | 'readBlob'>,
  facts: CatalogFacts,
  trusts: readonly Trust[],
): Promise<readonly Diagnostic[]> {
  const findings: Diagnostic[] = [];
  for (const revision of facts.revisions.values()) {
    const { file, decisions, isEmptied } = revision;
    if (isEmptied && decisions.length === 0) {
      findings.push(wrong(file, `${file} leaves the list empty, and names no decision`));
    }
    for (const id of decisions) {
      findings.push(...(await checkDecision(git, revision, id, trusts)));
    }
  }
  return findings;
}

async function checkDecision(
  git: Pick<GitObjects, 'listTree' | 'readBlob'>,
  { file, name, revision, desiredCommit, inputs }: RevisionFacts,
  id: string,
  trusts: readonly Trust[],
): Promise<readonly Diagnostic[]> {
  const path = isRunId(id) ? decisionPath(id) : undefined;
  const rows = path === undefined ? success([]) : await git.listTree(desiredCommit as CommitId, [path]);
  const row = rows.ok ? rows.value.find((one) => one.path === path) : undefined;
  const bytes = row === undefined ? success(undefined) : await git.readBlob(row.id, decisionLimitBytes);
  if (!rows.ok || !bytes.ok) {
    return rows.ok ? (bytes.ok ? [] : bytes.diagnostics) : rows.diagnostics;
  }
  if (path === undefined || bytes.value === undefined) {
    return [wrong(file, `${file} names the decision ${id}, which its desired state does not hold`)];
  }
  const { value } = bytes;
  // Whose decisions count may have changed since.
  const read = trusts.map((trust) => readDecision(path, value, trust)).find(({ ok }) => ok);
  if (read?.ok !== true) {
    return [wrong(file, `${file} names the decision ${id}, which nobody signed who could decide so`)];
  }
  const resource = { kind: 'AllowList', name };
  const from = revision === 1 ? null : String(revision - 1);
  const decision = read.value;
  return decision.type === 'allow-empty' &&
    identityText(decision.resource) === identityText(resource) &&
    decision.change === changeDigest(resource, from, { ...inputs })
    ? []
    : [wrong(file, `${file} names the decision ${id}, which is about another change`)];
}

function wrong(file: string, message: string): Diagnostic {
  return finding('SK8065', file, message);
}
