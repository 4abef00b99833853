import { failure, type Result, success } from '../../model/result.ts';
import type { GitSetting } from './git-environment.ts';
import type { GitPlace } from './git-place.ts';
import { remoteName } from './reference-name.ts';

/** What the repository's own configuration says of remotes. */
interface Remotes {
  readonly byName: ReadonlyMap<string, Remote>;
  /** The remote that each branch is set to follow. */
  readonly followed: ReadonlyMap<string, string>;
  readonly sshCommand: string | undefined;
}

interface Remote {
  /** Fetch and push addresses, as configured. */
  readonly urls: readonly string[];
}

async function readRemotes(place: GitPlace): Promise<Result<Remotes>> {
  const configuration = await place.configuration();
  if (!configuration.ok) {
    return configuration;
  }
  const rows = configuration.value;
  const byName = new Map<string, { urls: string[] }>();
  const followed = new Map<string, string>();
  for (const [key, value] of rows) {
    const name = /^remote\.(.+)\.(?:push)?url$/.exec(key)?.[1];
    if (name !== undefined) {
      const remote = byName.get(name) ?? { urls: [] };
      remote.urls.push(value);
      byName.set(name, remote);
    }
    const branch = /^branch\.(.+)\.remote$/.exec(key)?.[1];
    if (branch !== undefined) {
      followed.set(branch, value);
    }
  }
  return success({
    byName,
    followed,
    sshCommand: rows.findLast(([key]) => key === 'core.sshcommand')?.[1],
  });
}

/** The remote that HEAD's branch is set to follow, else `origin` where there is one. */
export async function defaultRemote(place: GitPlace): Promise<string | undefined> {
  const remotes = await readRemotes(place);
  if (!remotes.ok || remotes.value.byName.size === 0) {
    return undefined;
  }
  const { byName, followed } = remotes.value;
  const head = await place.run('read', ['symbolic-ref', '--quiet', '--short', 'HEAD']);
  const remote = followed.get(head.stdout.toString().trim());
  if (remote !== undefined && byName.has(remote)) {
    return remote;
  }
  return byName.has('origin') ? 'origin' : undefined;
}

/** How git is to be started for one remote. */
export interface RemoteAccess {
  readonly name: string;
  readonly settings: readonly GitSetting[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Looks a remote up and checks its addresses: a name that could be an option (SK2014), a remote that is not configured
 * (SK2101) and an address that starts with `-` or uses a transport other than file, ssh and https (SK2102) are refused.
 * Plain http is let through to this machine alone.
 */
export async function accessRemote(place: GitPlace, remote: string): Promise<Result<RemoteAccess>> {
  const name = remoteName(remote);
  const remotes = name.ok ? await readRemotes(place) : name;
  if (!remotes.ok) {
    return remotes;
  }
  const urls = remotes.value.byName.get(remote)?.urls ?? [];
  if (urls.length === 0) {
    return failure({
      code: 'SK2101',
      severity: 'error',
      message: `the repository has no remote named ${JSON.stringify(remote)}`,
      hint: `add it with "git remote add ${remote} URL", or name another one`,
      failure: 'stalled',
    });
  }
  const refused = urls.find((url) => !isAllowedAddress(url));
  if (refused !== undefined) {
    return refusedAddress(remote, refused);
  }
  const ssh = place.host.environment['GIT_SSH_COMMAND'] ?? remotes.value.sshCommand ?? 'ssh';
  return success({
    name: remote,
    settings: urls.some(isLoopbackHttp) ? [['protocol.http.allow', 'always']] : [],
    environment: { GIT_SSH_COMMAND: `${ssh} -o BatchMode=yes`, GIT_SSH_VARIANT: 'ssh' },
  });
}

/** An address whose transport is not allowed (SK2102). Credentials in it are not shown. */
export function refusedAddress(remote: string, url: string): Result<never> {
  return failure({
    code: 'SK2102',
    severity: 'error',
    message: `the address of remote ${remote} is refused: ${JSON.stringify(url.replace(/\/\/[^/@]*@/, '//'))}`,
    hint: 'use a path, ssh:// or https://; http:// only to this machine; addresses must not start with "-"',
    failure: 'stalled',
  });
}

function isAllowedAddress(url: string): boolean {
  if (url === '' || url.startsWith('-') || /[\u0000-\u001f]/.test(url) || /^[a-z0-9+]+::/i.test(url)) {
    return false;
  }
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    // A path, or host:path for ssh; a host that starts with "-" would be an option of ssh.
    return !/^[^/]*@-/.test(url);
  }
  const host = url.slice(scheme.length + 3);
  const isOption = host.startsWith('-') || /^[^/]*@-/.test(host);
  return !isOption && (['file', 'ssh', 'https'].includes(scheme) || isLoopbackHttp(url));
}

function isLoopbackHttp(url: string): boolean {
  return /^http:\/\/(?:[^/@]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]|$)/i.test(url);
}
