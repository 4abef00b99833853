import type { TreeEntry } from './tree.ts';

/** Filled by a mount or by the system when the image runs; the folders stay, what a build left in them goes. */
const emptyFolders = ['dev', 'proc', 'sys', 'run/lock', 'run/mount', 'run/systemd', 'run/udev'];

/** Caches, logs and identities that differ from build to build or from host to host. */
const dropped = new Set([
  'etc/.pwd.lock',
  'etc/hostname',
  'etc/resolv.conf',
  'etc/apt/apt.conf.d/01autoremove-kernels',
  'var/cache/ldconfig/aux-cache',
  'var/cache/debconf/config.dat-old',
  'var/cache/debconf/templates.dat-old',
  'var/cache/debconf/passwords.dat-old',
  'var/lib/apt/extended_states.old',
  'var/lib/dbus/machine-id',
  'var/lib/dpkg/lock',
  'var/lib/dpkg/lock-frontend',
  'var/lib/dpkg/triggers/Lock',
  'var/lib/systemd/random-seed',
  'var/lib/systemd/credential.secret',
  'run/shm',
  'etc/passwd-',
  'etc/group-',
  'etc/shadow-',
  'etc/gshadow-',
  'etc/subuid-',
  'etc/subgid-',
]);

const droppedFiles = [
  /^var\/(cache\/apt|lib\/apt\/lists)\//,
  /^etc\/ssh\/ssh_host_[^/]*key(\.pub)?$/,
  /^var\/lib\/dpkg\/[^/]*-old$/,
  /^var\/log\/(apt\/[^/]+|(alternatives|bootstrap|dpkg|fontconfig)\.log)$/,
];

/** Kept empty: the file must be there for the next start to fill it. */
const emptied = new Set([
  'etc/machine-id',
  'var/log/btmp',
  'var/log/faillog',
  'var/log/lastlog',
  'var/log/tallylog',
  'var/log/wtmp',
]);

/** What an entry becomes in a normalised tree: itself, itself emptied, or nothing. */
export function cleanedEntry<Entry extends TreeEntry>(entry: Entry): Entry | undefined;
export function cleanedEntry(entry: TreeEntry): TreeEntry | undefined {
  const { path } = entry;
  if (dropped.has(path) || emptyFolders.some((folder) => path.startsWith(`${folder}/`))) {
    return undefined;
  }
  if (entry.type !== 'folder' && droppedFiles.some((pattern) => pattern.test(path))) {
    return undefined;
  }
  if (entry.type === 'file' && emptied.has(path)) {
    return { ...entry, sizeBytes: 0, content: { at: 'memory', bytes: new Uint8Array() } };
  }
  return entry;
}
