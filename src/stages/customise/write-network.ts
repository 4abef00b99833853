import { type Result, success } from '../../model/result.ts';
import { entriesBelow } from '../../tree/entries-below.ts';
import { exactEntry } from '../../tree/entry-at.ts';
import { replaceEntries } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import { enableUnits } from './enable-units.ts';
import { findUnit } from './find-unit.ts';
import { ownMarker } from './own-marker.ts';
import { writeText } from './tree-text.ts';
import { parseUnitName } from './unit-name.ts';

const folder = 'etc/systemd/network';
const networkUnit = 'systemd-networkd.service';

/** Cards by the names that udev and the kernel give them, so that bridges and tunnels are left alone. */
const networkText = `${ownMarker}
[Match]
Name=en* eth*

[Network]
DHCP=yes
`;

/** Programs that configure cards themselves. */
const otherManagers = [
  'usr/sbin/NetworkManager',
  'usr/bin/cloud-init',
  'usr/sbin/netplan',
  'usr/sbin/connmand',
];

/**
 * Debian's systemd-networkd is neither enabled nor configured, so a machine would start without an address. Where
 * the tree has it, not masked, and neither another network manager nor a `.network` file of somebody, it gets DHCP
 * on every card (systemd.network(5)) and is enabled.
 */
export function writeNetwork(tree: Tree, sourceDateEpoch: number): Result<Tree> {
  const unit = parseUnitName(networkUnit);
  const hasDaemon = unit !== undefined && findUnit(tree, unit)?.is === 'file';
  const isManaged = otherManagers.some((path) => exactEntry(tree, path) !== undefined);
  if (!hasDaemon || isManaged || hasNetworkFile(tree)) {
    return success(tree);
  }
  const configured = replaceEntries(tree, [
    writeText(`${folder}/20-sandkiln.network`, networkText, sourceDateEpoch),
  ]);
  return configured.ok ? enableUnits(configured.value, [networkUnit], sourceDateEpoch) : configured;
}

function hasNetworkFile(tree: Tree): boolean {
  return [...entriesBelow(tree, folder)].some(({ path }) => path.endsWith('.network'));
}
