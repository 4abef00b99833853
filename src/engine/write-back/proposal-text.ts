import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import { countedAll } from '../../model/counted.ts';
import { compareCodePoints } from '../../model/json.ts';
import { allowListStateShape } from '../catalog/allow-list-shapes.ts';
import { differences, type FileDifference } from '../catalog/catalog-diff.ts';
import { parseRecord, recordLimitBytes } from '../catalog/parse-record.ts';
import { allowListStatePath, catalogFolder, parseCatalogPath } from '../catalog/paths.ts';
import { readImageState } from '../catalog/read-catalog.ts';

/** What a forge is told of a proposal. */
export interface ProposalText {
  /** The branch that it is for, and the one that holds it. */
  readonly base: string;
  readonly branch: string;
  readonly commit: CommitId;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** Title and text of an open proposal: the images and allow-lists that it changes, from what is active in its base. */
export async function proposalText(
  git: GitObjects,
  proposal: Pick<ProposalText, 'base' | 'branch' | 'commit'>,
): Promise<ProposalText> {
  const rows = await changedRecords(git, proposal.commit);
  const [images, lists] = [
    rows.filter(({ of }) => of === 'image'),
    rows.filter(({ of }) => of === 'allow-list'),
  ];
  const only = rows.length === 1 ? rows[0] : undefined;
  const counts = countedAll([
    [images.length, 'image'],
    [lists.length, 'allow-list'],
  ]);
  const title =
    only === undefined
      ? `catalog: ${counts || 'records of runs'}`
      : `catalog: ${only.name} ${only.after ?? 'retired'}`;
  const body = [
    `Records of sandkiln for \`${proposal.base}\`.`,
    '',
    ...table('Image', images),
    ...table('Allow-list', lists),
    'Merge it with a merge commit, or fast-forward. Squashing and rebasing make a new commit without the signature of',
    'the engine, and `sandkiln verify` then refuses it.',
    '',
  ].join('\n');
  return { ...proposal, title, body };
}

interface ChangedRecord {
  readonly of: 'image' | 'allow-list';
  readonly name: string;
  /** The version or revision in force; null for none. */
  readonly before: string | null;
  readonly after: string | null;
}

function table(what: string, rows: readonly ChangedRecord[]): readonly string[] {
  return rows.length === 0
    ? []
    : [
        `| ${what} | Active now | Active after |`,
        '| --- | --- | --- |',
        ...rows.map(({ name, before, after }) => `| ${name} | ${before ?? '-'} | ${after ?? '-'} |`),
        '',
      ];
}

async function changedRecords(git: GitObjects, commit: CommitId): Promise<readonly ChangedRecord[]> {
  const read = await git.readCommit(commit);
  const parent = read.ok ? read.value.parents[0] : undefined;
  const [before, after] = await Promise.all([
    parent === undefined ? undefined : git.objectAt(parent, catalogFolder),
    git.objectAt(commit, catalogFolder),
  ]);
  const changed = await differences(git, before, after, catalogFolder);
  const records: ChangedRecord[] = [];
  for (const difference of changed.ok ? changed.value : []) {
    const path = parseCatalogPath(difference.path);
    if (path?.holds === 'image-state' || path?.holds === 'allow-list-state') {
      const of = path.holds === 'image-state' ? 'image' : 'allow-list';
      const inForce = of === 'image' ? activeIn : revisionIn;
      records.push({
        of,
        name: path.name,
        before: await inForce(git, path.name, difference.before),
        after: await inForce(git, path.name, difference.after),
      });
    }
  }
  return records.sort((left, right) => compareCodePoints(left.name, right.name));
}

async function activeIn(
  git: GitObjects,
  name: string,
  row: FileDifference['before'],
): Promise<string | null> {
  const state = row === undefined ? undefined : await readImageState(git, name, row.id);
  return state?.ok === true ? state.value.active : null;
}

async function revisionIn(
  git: GitObjects,
  name: string,
  row: FileDifference['before'],
): Promise<string | null> {
  const bytes = row === undefined ? undefined : await git.readBlob(row.id, recordLimitBytes);
  const state = bytes?.ok
    ? parseRecord(bytes.value, allowListStateShape, allowListStatePath(name))
    : undefined;
  return state?.ok !== true || state.value.inputs === null ? null : `revision ${state.value.revision}`;
}
