/**
 * Scripts that mmdebstrap runs with the path of the tree as their argument, by file name. All text is fixed: what
 * differs from build to build stands in files beside the scripts. Their names start with the step that they run at.
 */
export const hookScripts = {
  /** Host name and resolver of the build host must reach no maintainer script; a parent's tree is unpacked. */
  'setup.sh': `#!/bin/sh
set -eu
here=$(dirname "$0")
echo localhost > "$1/etc/hostname"
: > "$1/etc/resolv.conf"
if [ -e "$here/parent.tar" ]; then
  tar --extract --file "$here/parent.tar" --directory "$1" --numeric-owner --same-owner \\
    --preserve-permissions --xattrs '--xattrs-include=*' --keep-directory-symlink
fi
`,
  /** What is there after the first phase does not count as installed automatically. */
  'essential.sh': `#!/bin/sh
set -eu
if [ ! -e "$(dirname "$0")/parent.tar" ]; then
  cp "$1/var/lib/dpkg/status" "$(dirname "$0")/essential-status"
fi
`,
  /**
   * Packages on top of a parent, by apt outside of the tree and dpkg inside, as mmdebstrap does it itself; then the
   * initial ramdisks that no trigger made, and the links to them that the kernel makes only where it expects one.
   */
  'customize.sh': `#!/bin/sh
set -eu
here=$(dirname "$0")
if [ -e "$here/parent.tar" ]; then
  export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" TMPDIR="$1/tmp"
  apt="apt-get -q -o Dir::Etc::SourceList=$here/sources.list -o Dir::Etc::SourceParts=/dev/null"
  $apt --error-on=any update
  xargs --arg-file "$here/packages" $apt -o Dir::Bin::dpkg=env -o DPkg::Options::=--unset=TMPDIR \\
    -o DPkg::Options::=dpkg -o "DPkg::Chroot-Directory=$1" --yes --no-remove install
  unset APT_CONFIG TMPDIR
fi
unset INITRD
if [ -x "$1/usr/sbin/update-initramfs" ]; then
  for kernel in "$1"/boot/vmlinuz-*; do
    version=\${kernel##*/vmlinuz-}
    if [ -e "$kernel" ] && [ ! -e "$1/boot/initrd.img-$version" ]; then
      chroot "$1" update-initramfs -c -k "$version"
      if [ -x "$1/usr/bin/linux-update-symlinks" ]; then
        chroot "$1" linux-update-symlinks upgrade "$version" "/boot/vmlinuz-$version"
      fi
    fi
  done
fi
`,
} as const satisfies Record<string, string>;
