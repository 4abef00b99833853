import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { CommitId } from './git.ts';
import type { GitPlace } from './git-place.ts';
import { isCommitId } from './object-format.ts';
import { branchReference } from './reference-name.ts';

/** A note in the git directory that says which commit's files a branch's work trees are being brought to. */
export interface AdvanceMarker {
  /** The commit of an advance that was interrupted, if one was. */
  read(): Promise<CommitId | undefined>;
  write(next: CommitId): Promise<void>;
  remove(): Promise<void>;
}

/** The marker of one branch. Whoever reads or writes it holds the branch's lock. */
export function advanceMarker(place: GitPlace, reference: string): AdvanceMarker {
  const file = join(place.gitDirectory, 'sandkiln', 'advancing', encodeURIComponent(reference));
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => '');
      return isCommitId(text) ? text : undefined;
    },
    async write(next) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, next);
    },
    remove: () => rm(file, { force: true }),
  };
}

/** The port's `isAdvanceInterrupted`; needs no lock, since whoever goes on from there takes it and reads again. */
export async function isAdvanceInterrupted(place: GitPlace, branch: string): Promise<boolean> {
  const reference = branchReference(branch);
  return reference.ok && (await advanceMarker(place, reference.value).read()) !== undefined;
}
