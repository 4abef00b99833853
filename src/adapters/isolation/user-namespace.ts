import { readFile } from 'node:fs/promises';
import { failure, type Result, success } from '../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../process/process.ts';
import { processSucceeded } from '../process/process-diagnostic.ts';
import type { Isolation } from './isolation.ts';
import { namespaceCommand } from './namespace-command.ts';

const probeTimeoutMs = 10_000;

/**
 * Runs as root of a user namespace: this user is root there, the other owners are the user's range of
 * /etc/subuid and /etc/subgid. No privilege on the host is needed but the `newuidmap` of the package uidmap.
 * SK4042 (no ranges), SK4043 (refused by AppArmor or the kernel), SK4044 (anything else).
 */
export function createUserNamespaceIsolation(processes: ProcessRunner): Isolation {
  const isolation: Isolation = {
    name: 'user-namespace',
    unenforced: [],
    async check() {
      const result = await processes.run(
        // Owner 1000 is in the range, so this fails where only the user itself could be mapped.
        isolation.wrap({ file: 'setpriv', arguments: ['--reuid', '1000', '--clear-groups', 'true'] }),
        { timeoutMs: probeTimeoutMs },
      );
      return processSucceeded(result) ? success(undefined) : explain(result);
    },
    wrap: (command) => namespaceCommand(command, ['--user', '--map-auto', '--map-root-user']),
  };
  return isolation;
}

async function explain(result: ProcessResult): Promise<Result<void>> {
  const said = result.stderr.trim() || result.startError || result.ended;
  const restriction = await restrictionOfHost();
  if (restriction !== undefined) {
    return failure({
      code: 'SK4043',
      severity: 'error',
      message: `this host does not let ordinary users make user namespaces (${restriction.setting} = ${restriction.value}): ${said}`,
      hint: `run \`sudo sysctl -w ${restriction.remedy}\` and write it to /etc/sysctl.d, or build as root`,
      failure: 'stalled',
    });
  }
  if (/newuidmap|newgidmap|subuid|subgid|map-auto|no line matching/i.test(said)) {
    return failure({
      code: 'SK4042',
      severity: 'error',
      message: `this user has no range of subordinate user and group ids: ${said}`,
      hint: 'install uidmap and run `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$USER"`',
      failure: 'stalled',
    });
  }
  return failure({
    code: 'SK4044',
    severity: 'error',
    message: `a user namespace cannot be made here: ${said}`,
    hint: 'install util-linux and uidmap; inside a container, allow user namespaces and an unmasked /proc, or build as root',
    failure: 'stalled',
  });
}

interface Restriction {
  readonly setting: string;
  readonly value: string;
  readonly remedy: string;
}

async function restrictionOfHost(): Promise<Restriction | undefined> {
  const settings = [
    { setting: 'kernel.apparmor_restrict_unprivileged_userns', refuses: '1', allows: '0' },
    { setting: 'kernel.unprivileged_userns_clone', refuses: '0', allows: '1' },
    { setting: 'user.max_user_namespaces', refuses: '0', allows: '10000' },
  ];
  for (const { setting, refuses, allows } of settings) {
    const value = await readFile(`/proc/sys/${setting.replaceAll('.', '/')}`, 'utf8').catch(() => '');
    if (value.trim() === refuses) {
      return { setting, value: refuses, remedy: `${setting}=${allows}` };
    }
  }
  return undefined;
}
