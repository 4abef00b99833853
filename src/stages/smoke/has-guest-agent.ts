import { fileAt } from '../../tree/read-text.ts';
import type { Tree } from '../../tree/tree.ts';

/** Whether the QEMU guest agent is installed, where Debian's package puts it. */
export function hasGuestAgent(tree: Tree): boolean {
  return fileAt(tree, 'usr/sbin/qemu-ga') !== undefined;
}
