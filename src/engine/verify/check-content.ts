import type { CommitId, GitObjects, GitTreeEntry } from '../../adapters/git/git.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import type { PublicKey } from '../../model/public-key.ts';
import { catalogFileLimitBytes } from '../catalog/catalog-digest.ts';
import { inBatches } from '../catalog/in-batches.ts';
import { type CatalogFile, merkleDigest } from '../catalog/merkle.ts';
import { type CatalogPath, parseCatalogPath } from '../catalog/paths.ts';
import { type CatalogFacts, imageKey } from './catalog-facts.ts';
import { checkRecord } from './check-record.ts';
import { finding } from './finding.ts';
import { isMissing } from './missing-objects.ts';
import type { ReadFile } from './record-report.ts';

/** What the newest commit holds. */
export interface ContentReport {
  /** Computed from what was read now, whatever any memo says; absent where not all of it could be read. */
  readonly merkleDigest: Digest | undefined;
  readonly facts: CatalogFacts;
  readonly envelopes: number;
  readonly findings: readonly Diagnostic[];
}

/**
 * Reads every file of a commit's catalog: mode, place, canonical form, shape, and within an image version its lock and
 * attestations. Builders are all keys that ever had the role, since the tip holds records of all ages.
 */
export async function checkContent(
  git: GitObjects,
  commit: CommitId,
  builders: readonly PublicKey[],
): Promise<ContentReport> {
  const facts: CatalogFacts = {
    images: new Map(),
    states: new Map(),
    runs: new Map(),
    revisions: new Map(),
    listStates: new Map(),
    longLists: [],
    unread: new Set(),
  };
  const findings: Diagnostic[] = [];
  const files: CatalogFile[] = [];
  let envelopes = 0;
  const rows = await git.listTree(commit, ['catalog']);
  const groups = rows.ok ? groupByRecord(rows.value) : [];
  findings.push(...(rows.ok ? [] : rows.diagnostics));
  for (const report of await inBatches(groups, async (group) => {
    const read = await inBatches(group, (row) => readRow(git, row));
    for (const [index, one] of read.entries()) {
      if (one.findings.some(isMissing)) {
        facts.unread.add(group[index]?.path ?? '');
      }
    }
    const checked = checkRecord(
      read.flatMap((one) => one.read ?? []),
      facts,
      builders,
    );
    return { read: read.map(({ file, findings }) => ({ file, findings })), checked };
  })) {
    files.push(...report.read.flatMap((one) => one.file ?? []));
    findings.push(...report.read.flatMap((one) => one.findings), ...report.checked.findings);
    envelopes += report.checked.envelopes;
  }
  const isWhole = !findings.some(isMissing);
  return { merkleDigest: isWhole ? merkleDigest(files) : undefined, facts, envelopes, findings };
}

async function readRow(
  git: GitObjects,
  row: GitTreeEntry,
): Promise<{
  readonly read?: ReadFile;
  readonly file?: CatalogFile;
  readonly findings: readonly Diagnostic[];
}> {
  const findings =
    row.mode === '100644'
      ? []
      : [
          finding(
            'SK8052',
            row.path,
            `${row.path} has the mode ${row.mode}: the catalog holds plain files only`,
          ),
        ];
  if (row.mode === '160000') {
    return { findings };
  }
  const bytes = await git.readBlob(row.id, catalogFileLimitBytes);
  return bytes.ok
    ? {
        read: { file: row.path, place: parseCatalogPath(row.path), bytes: bytes.value },
        file: { path: row.path, mode: row.mode, digest: digestOfBytes(bytes.value) },
        findings,
      }
    : { findings: [...findings, ...bytes.diagnostics] };
}

/** Files of one image version together, those of one allow-list together, every other file alone. */
function groupByRecord(rows: readonly GitTreeEntry[]): readonly (readonly GitTreeEntry[])[] {
  const groups = new Map<string, GitTreeEntry[]>();
  for (const row of rows) {
    const place = parseCatalogPath(row.path);
    const key = recordKey(place) ?? row.path;
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function recordKey(place: CatalogPath | undefined): string | undefined {
  switch (place?.holds) {
    case 'image':
    case 'package-lock':
    case 'attestations':
      return imageKey(place.name, place.version);
    case 'allow-list-state':
    case 'revision':
    case 'revision-attestation':
      return `allow-list ${place.name}`;
    default:
      return undefined;
  }
}
