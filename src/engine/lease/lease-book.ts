import type { CommitId, GitRepository, RemoteOptions } from '../../adapters/git/git.ts';
import { type Result, success } from '../../model/result.ts';
import { fenceReference, type Lease, leaseFile, leaseLimitBytes, leasePrefix, parseLease } from './lease.ts';

/** A lease and the commit that its ref leads to. */
export interface KnownLease {
  readonly lease: Lease;
  readonly reference: string;
  readonly commit: CommitId;
}

/** All leases of a repository. */
export interface LeaseBook {
  /** Oldest run first. */
  readonly leases: readonly KnownLease[];
  /** What the fence leads to; absent before the first lease. */
  readonly fence: CommitId | undefined;
  /** Greatest token that was given. */
  readonly token: number;
}

/** Reads the leases of a remote, or of this repository. What is not a lease is passed over. */
export async function readLeases(
  git: GitRepository,
  remote: string | undefined,
  options: RemoteOptions,
): Promise<Result<LeaseBook>> {
  const references = await git.listReferences(remote, 'refs/sandkiln/', options);
  if (!references.ok) {
    return references;
  }
  const leases: KnownLease[] = [];
  let token = 0;
  for (const [reference, commit] of [...references.value].sort(([left], [right]) =>
    left < right ? -1 : 1,
  )) {
    const lease = await readLease(git, commit);
    if (lease === undefined) {
      continue;
    }
    token = Math.max(token, lease.token);
    if (reference === `${leasePrefix}${lease.id}`) {
      leases.push({ lease, reference, commit });
    }
  }
  return success({ leases, fence: references.value.get(fenceReference), token });
}

async function readLease(git: GitRepository, commit: CommitId): Promise<Lease | undefined> {
  const blob = await git.objectAt(commit, leaseFile);
  const bytes = blob === undefined ? undefined : await git.readBlob(blob, leaseLimitBytes);
  return bytes?.ok === true ? parseLease(bytes.value) : undefined;
}
