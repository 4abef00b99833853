import { type Result, success } from '../../model/result.ts';
import { exactEntry } from '../../tree/entry-at.ts';
import { replaceEntries, type TreeChange } from '../../tree/replace-entries.ts';
import type { Tree } from '../../tree/tree.ts';
import type { CustomiseInput } from './customise-input.ts';
import { isOwn, ownMarker } from './own-marker.ts';
import { textAt, writeText } from './tree-text.ts';

const osReleasePath = 'usr/lib/os-release';

/**
 * Whether no image was customised below this one: only then a file without marker is a package's and not
 * somebody's declaration.
 */
export function isFirstImage(tree: Tree): Result<boolean> {
  const release = textAt(tree, osReleasePath);
  return release.ok ? success(!/^IMAGE_ID=/m.test(release.value?.text ?? '')) : release;
}

/**
 * Says who the machine is: host name and /etc/hosts with the image's name, IMAGE_ID and IMAGE_VERSION in os-release
 * (os-release(5); the spec's version, never a build number), an empty machine-id (machine-id(5): made at the first
 * start). /etc/hosts that somebody declared in an image below stays.
 */
export function writeIdentity(
  tree: Tree,
  image: CustomiseInput['image'],
  context: { readonly isFirstImage: boolean; readonly sourceDateEpoch: number },
): Result<Tree> {
  const { sourceDateEpoch } = context;
  const hosts = textAt(tree, 'etc/hosts');
  const release = textAt(tree, osReleasePath);
  if (!hosts.ok) {
    return hosts;
  }
  if (!release.ok) {
    return release;
  }
  const changes: TreeChange[] = [writeText('etc/hostname', `${image.name}\n`, sourceDateEpoch)];
  if (hosts.value === null || context.isFirstImage || isOwn(hosts.value.text)) {
    changes.push(writeText('etc/hosts', hostsText(image.name), sourceDateEpoch));
  }
  if (release.value !== null) {
    const { text, file } = release.value;
    changes.push(writeText(osReleasePath, osReleaseText(text, image), sourceDateEpoch, file));
  }
  const hasSystemd = exactEntry(tree, 'usr/lib/systemd/systemd') ?? exactEntry(tree, 'lib/systemd/systemd');
  if (hasSystemd !== undefined || exactEntry(tree, 'etc/machine-id') !== undefined) {
    changes.push(writeText('etc/machine-id', '', sourceDateEpoch));
  }
  return replaceEntries(tree, changes);
}

function hostsText(name: string): string {
  return [
    ownMarker,
    '127.0.0.1 localhost',
    `127.0.1.1 ${name}`,
    '::1 localhost ip6-localhost ip6-loopback',
    'ff02::1 ip6-allnodes',
    'ff02::2 ip6-allrouters',
    '',
  ].join('\n');
}

function osReleaseText(before: string, image: CustomiseInput['image']): string {
  const kept = before.split('\n').filter((line) => line !== '' && !/^IMAGE_(?:ID|VERSION)=/.test(line));
  return [...kept, `IMAGE_ID=${image.name}`, `IMAGE_VERSION="${image.version}"`, ''].join('\n');
}
