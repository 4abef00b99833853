import type { GitRepository } from '../../src/adapters/git/git.ts';
import { openRepository } from '../../src/adapters/git/open-repository.ts';
import { readHostConfiguration } from '../../src/adapters/host/read-host-configuration.ts';
import { createProcessRunner } from '../../src/adapters/process/child-processes.ts';
import type { Workspace } from '../../src/compose.ts';
import { createListSets } from '../../src/kinds/allow-list/list-sets.ts';
import { expectValue } from './expect-result.ts';
import { gitTestEnvironment } from './git-repository.ts';

/** A workspace over a repository, which says what was read of it. */
export interface OpenedRepository extends AsyncDisposable {
  readonly workspace: Workspace;
  /** Ids of blobs that were read so far. */
  readonly blobsRead: string[];
}

/** Opens a repository as commands do, with a host that has nothing of its own. */
export async function openWorkspaceAt(path: string): Promise<OpenedRepository> {
  const processes = createProcessRunner();
  const git = expectValue(await openRepository({ path, environment: gitTestEnvironment(), processes }));
  const blobsRead: string[] = [];
  const watched: GitRepository = {
    ...git,
    readBlob(id, limitBytes) {
      blobsRead.push(id);
      return git.readBlob(id, limitBytes);
    },
  };
  const host = expectValue(await readHostConfiguration({ HOME: '/nonexistent' }));
  return {
    workspace: {
      git: watched,
      host,
      processes,
      listSets: createListSets(),
      [Symbol.asyncDispose]: () => git[Symbol.asyncDispose](),
    },
    blobsRead,
    [Symbol.asyncDispose]: () => git[Symbol.asyncDispose](),
  };
}
