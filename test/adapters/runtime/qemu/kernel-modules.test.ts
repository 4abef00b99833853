import { expect, test } from 'vitest';
import { kernelModules } from '../../../../src/adapters/runtime/qemu/kernel-modules.ts';
import { expectCodes, expectValue } from '../../../rig/expect-result.ts';
import { file, link, treeOf } from '../../../rig/tree-builder.ts';

const folder = 'usr/lib/modules/6.1.0-1-cloud-amd64';
const tree = treeOf(
  link('lib', 'usr/lib'),
  file(
    `${folder}/modules.dep`,
    'kernel/virtio.ko: kernel/virtio_ring.ko\nkernel/virtio_ring.ko:\n' +
      'kernel/virtio-blk.ko: kernel/virtio.ko kernel/virtio_ring.ko\nkernel/packed.ko.xz:\nkernel/gone.ko:\n',
  ),
  file(`${folder}/modules.builtin`, 'kernel/fs/ext4/ext4.ko\n'),
  file(`${folder}/kernel/virtio.ko`, 'v'),
  file(`${folder}/kernel/virtio_ring.ko`, 'r'),
  file(`${folder}/kernel/virtio-blk.ko`, 'b'),
  file(`${folder}/kernel/packed.ko.xz`, 'x'),
);
const version = '6.1.0-1-cloud-amd64';

test('gives each module once, after those that it depends on', () => {
  const modules = expectValue(kernelModules(tree, version, ['virtio_blk', 'virtio']));
  expect(modules.map((each) => each.file)).toEqual(['virtio_ring.ko', 'virtio.ko', 'virtio_blk.ko']);
  expect(Buffer.from(modules[2]?.bytes ?? []).toString()).toBe('b');
});

test('a module that is built in needs no file', () => {
  expect(expectValue(kernelModules(tree, version, ['ext4']))).toEqual([]);
});

test.each([
  ['no modules for this kernel', '6.2.0', 'ext4'],
  ['no such module', version, 'overlay'],
  ['a compressed module', version, 'packed'],
  ['a module whose file is missing', version, 'gone'],
])('is refused: %s', (_, release, name) => {
  expect(expectCodes(kernelModules(tree, release, [name]))).toEqual(['SK6009']);
});
