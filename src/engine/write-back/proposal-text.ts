import type { CommitId, GitObjects } from '../../adapters/git/git.ts';
import { differences, type FileDifference } from '../catalog/catalog-diff.ts';
import { catalogFolder, parseCatalogPath } from '../catalog/paths.ts';
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

/** Title and text of an open proposal: the images that it changes, from what is active in its base. */
export async function proposalText(
  git: GitObjects,
  proposal: Pick<ProposalText, 'base' | 'branch' | 'commit'>,
): Promise<ProposalText> {
  const rows = await changedImages(git, proposal.commit);
  const only = rows.length === 1 ? rows[0] : undefined;
  const title =
    only === undefined
      ? rows.length === 0
        ? 'catalog: records of runs'
        : `catalog: ${rows.length} images`
      : `catalog: ${only.name} ${only.after ?? 'retired'}`;
  const table = rows.map(({ name, before, after }) => `| ${name} | ${before ?? '-'} | ${after ?? '-'} |`);
  const body = [
    `Records of sandkiln for \`${proposal.base}\`.`,
    '',
    ...(table.length === 0
      ? []
      : ['| Image | Active now | Active after |', '| --- | --- | --- |', ...table, '']),
    'Merge it with a merge commit, or fast-forward. Squashing and rebasing make a new commit without the signature of',
    'the engine, and `sandkiln verify` then refuses it.',
    '',
  ].join('\n');
  return { ...proposal, title, body };
}

interface ChangedImage {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

async function changedImages(git: GitObjects, commit: CommitId): Promise<readonly ChangedImage[]> {
  const read = await git.readCommit(commit);
  const parent = read.ok ? read.value.parents[0] : undefined;
  const [before, after] = await Promise.all([
    parent === undefined ? undefined : git.objectAt(parent, catalogFolder),
    git.objectAt(commit, catalogFolder),
  ]);
  const changed = await differences(git, before, after, catalogFolder);
  const images: ChangedImage[] = [];
  for (const difference of changed.ok ? changed.value : []) {
    const path = parseCatalogPath(difference.path);
    if (path?.holds === 'image-state') {
      images.push({
        name: path.name,
        before: await activeIn(git, path.name, difference.before),
        after: await activeIn(git, path.name, difference.after),
      });
    }
  }
  return images.sort((left, right) => (left.name < right.name ? -1 : 1));
}

async function activeIn(
  git: GitObjects,
  name: string,
  row: FileDifference['before'],
): Promise<string | null> {
  const state = row === undefined ? undefined : await readImageState(git, name, row.id);
  return state?.ok === true ? state.value.active : null;
}
