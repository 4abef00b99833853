import type { GuestCommand } from '../runtime.ts';
import { guestCommandLine } from './guest-command-line.ts';

/** What the script leaves of each stream of a command. */
const outputLimitBytes = 1024 * 1024;

/**
 * The init program of the small initrd, for busybox' shell: loads modules in the given order, mounts the root file
 * system read-only under a layer in memory, runs the commands in it and reports on the second serial port as
 * readMicroReport reads it, then powers off. Whatever goes wrong, it powers off: what it did not report has failed.
 * Commands start by the image's own env, because busybox would run its applets in place of the image's programs.
 */
export function microInitScript(options: {
  readonly moduleFiles: readonly string[];
  readonly commands: readonly GuestCommand[];
  readonly nonce: string;
  readonly commandTimeoutMs: number;
}): string {
  return [
    '#!/bin/busybox sh',
    `nonce=${shellWord(options.nonce)}`,
    `seconds=${Math.max(1, Math.ceil(options.commandTimeoutMs / 1000))}`,
    prologue,
    ...options.moduleFiles.map((file) => `insmod ${shellWord(file)}`),
    mountRoot,
    ...options.commands.map(
      (command, index) => `run ${index} ${guestCommandLine(command).map(shellWord).join(' ')}`,
    ),
    'say end',
    'finish',
    '',
  ].join('\n');
}

/** A word in single quotes: nothing in it means anything to a POSIX shell. It cannot hold NUL. */
export function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

const prologue = `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 TERM=dumb HOME=/root
finish() { poweroff -f; }
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
stty -F /dev/ttyS1 raw
say() { echo "$nonce $1" > /dev/ttyS1; }
report() { printf '%s' "$nonce $1 $2 "; base64 -w0 /capture/out; printf ' '; base64 -w0 /capture/err; echo; }
run() {
  index=$1
  shift
  : > /capture/out
  : > /capture/err
  timeout -s KILL "$seconds" chroot /root /usr/bin/env -- "$@" < /dev/null > /capture/out 2> /capture/err
  code=$?
  truncate_to_limit /capture/out
  truncate_to_limit /capture/err
  report "$index" "$code" > /dev/ttyS1
}
truncate_to_limit() { [ "$(stat -c %s "$1")" -le ${outputLimitBytes} ] || truncate -s ${outputLimitBytes} "$1"; }`;

/**
 * A disk without partitions, or the partition that holds a root file system. The chroot gets devices that are
 * harmless and none of the machine's own. Output of commands goes to a small file system of its own, so that a
 * flood ends in "no space left" instead of in no memory.
 */
const mountRoot = `for device in /dev/vda /dev/vda[0-9]*; do
  mount -t ext4 -o ro "$device" /lower 2> /dev/null || continue
  [ -d /lower/usr ] && break
  umount /lower
done
[ -d /lower/usr ] || { echo "no root file system on the disk"; finish; }
mount -t tmpfs -o size=4m tmpfs /capture
mount -t tmpfs tmpfs /layer
mkdir /layer/upper /layer/work
mount -t overlay -o lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work overlay /root || finish
mkdir -p /root/proc /root/sys /root/dev /root/run /root/tmp
mount -t proc proc /root/proc
mount -t sysfs -o ro sysfs /root/sys
mount -t tmpfs -o mode=755 tmpfs /root/dev
mount -t tmpfs -o mode=755 tmpfs /root/run
mknod -m 666 /root/dev/null c 1 3
mknod -m 666 /root/dev/zero c 1 5
mknod -m 666 /root/dev/full c 1 7
mknod -m 666 /root/dev/random c 1 8
mknod -m 666 /root/dev/urandom c 1 9
mknod -m 666 /root/dev/tty c 5 0
ln -s /proc/self/fd /root/dev/fd
say mounted`;
