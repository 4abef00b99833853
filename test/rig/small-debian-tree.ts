import type { Tree, TreeEntry } from '../../src/tree/tree.ts';
import { file, folder, link, treeOf } from './tree-builder.ts';

/** Seconds since 1970, later than every time in trees of the rig. */
export const epoch = 1_760_000_000;

export const accountTexts = {
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\ndaemon:x:1:\nsudo:x:27:\nusers:x:100:\nnogroup:x:65534:\n',
  'etc/shadow': 'root:*:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\nnobody:*:20000:0:99999:7:::\n',
  'etc/gshadow': 'root:*::\ndaemon:*::\nsudo:*::\nusers:*::\nnogroup:*::\n',
  'etc/subuid': '',
  'etc/subgid': '',
} as const;

/** What customising needs of a Debian tree: accounts, shells, skeleton, os-release, merged /usr. */
export function smallDebianTree(...more: readonly TreeEntry[]): Tree {
  return treeOf(
    ...Object.entries(accountTexts).map(([path, text]) =>
      file(path, text, path.endsWith('shadow') ? { mode: 0o640, gid: 42 } : {}),
    ),
    folder('usr/bin'),
    folder('usr/sbin'),
    folder('usr/lib'),
    link('bin', 'usr/bin'),
    link('sbin', 'usr/sbin'),
    link('lib', 'usr/lib'),
    file('usr/bin/bash', 'bash', { mode: 0o755 }),
    file('usr/bin/dash', 'dash', { mode: 0o755 }),
    link('usr/bin/sh', 'dash'),
    file('usr/sbin/nologin', 'nologin', { mode: 0o755 }),
    file('etc/skel/.profile', 'profile\n'),
    file('usr/lib/os-release', 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'),
    link('etc/os-release', '../usr/lib/os-release'),
    file('usr/lib/systemd/systemd', 'systemd', { mode: 0o755 }),
    ...more,
  );
}
