import { failure, type Result, success } from '../../model/result.ts';
import { refusedName } from './git-failure.ts';

/**
 * `refs/heads/<name>` for a branch named in short or in full. Follows git-check-ref-format; a name that git could
 * read as an option is refused before git sees it (SK2014).
 */
export function branchReference(branch: string): Result<string> {
  const name = branch.startsWith('refs/heads/') ? branch.slice('refs/heads/'.length) : branch;
  return isReferenceName(name) ? success(`refs/heads/${name}`) : failure(refusedName('branch name', branch));
}

/** A full name such as `refs/sandkiln/leases/x`; the same rules (SK2014). */
export function fullReference(name: string): Result<string> {
  return name.startsWith('refs/') && isReferenceName(name)
    ? success(name)
    : failure(refusedName('ref name', name));
}

/** Whether a remote may be named so; remotes are looked up in the repository's configuration, never taken as URLs. */
export function remoteName(remote: string): Result<string> {
  return isReferenceName(remote) ? success(remote) : failure(refusedName('remote name', remote));
}

function isReferenceName(name: string): boolean {
  return (
    name !== '' &&
    name !== '@' &&
    !name.startsWith('-') &&
    !name.endsWith('.') &&
    !/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{/.test(name) &&
    name.split('/').every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'))
  );
}
