import { type Result, success } from '../../model/result.ts';
import { exactEntry, indexFrom } from '../../tree/entry-at.ts';
import { fileAt } from '../../tree/read-text.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { ownUnitFolder } from './find-unit.ts';
import { writeLink, writeText } from './tree-text.ts';

const unitName = 'sandkiln-ssh-host-keys.service';
const unitPath = `usr/lib/systemd/system/${unitName}`;

/**
 * Runs whenever the SSH server is about to start and a key is missing; conditions with `|` are alternatives. Without
 * default dependencies, since ssh.socket starts before what those wait for.
 */
const unitText = `[Unit]
Description=Make the SSH host keys of this machine
Documentation=man:ssh-keygen(1)
ConditionPathExists=|!/etc/ssh/ssh_host_ecdsa_key
ConditionPathExists=|!/etc/ssh/ssh_host_ed25519_key
ConditionPathExists=|!/etc/ssh/ssh_host_rsa_key
DefaultDependencies=no
After=systemd-remount-fs.service local-fs.target
Conflicts=shutdown.target
Before=ssh.service ssh.socket shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/ssh-keygen -A
`;

/**
 * An SSH server without host keys does not start, and host keys in an image would be the same on every machine. So
 * where the tree has Debian's ssh.service and no key, this adds a unit that makes the keys before it starts.
 */
export function writeHostKeyUnit(tree: Tree, sourceDateEpoch: number): Result<Tree> {
  const hasServer =
    fileAt(tree, 'lib/systemd/system/ssh.service') !== undefined &&
    fileAt(tree, 'usr/sbin/sshd') !== undefined &&
    fileAt(tree, 'usr/bin/ssh-keygen') !== undefined;
  if (!hasServer || hasHostKey(tree) || exactEntry(tree, unitPath) !== undefined) {
    return success(tree);
  }
  const links = ['ssh.service', 'ssh.socket'].map((unit) =>
    writeLink(
      `${ownUnitFolder}/${unit}.wants/${unitName}`,
      `/lib/systemd/system/${unitName}`,
      sourceDateEpoch,
    ),
  );
  return replaceEntries(tree, [writeText(unitPath, unitText, sourceDateEpoch), ...links]);
}

function hasHostKey(tree: Tree): boolean {
  const next = tree.entries[indexFrom(tree.entries, 'etc/ssh/ssh_host_')];
  return next?.path.startsWith('etc/ssh/ssh_host_') ?? false;
}
