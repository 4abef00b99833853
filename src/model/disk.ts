/** Label of the root file system of every disk; /etc/fstab and the boot loader find it by this name. */
export const rootFileSystemLabel = 'sandkiln-root';
