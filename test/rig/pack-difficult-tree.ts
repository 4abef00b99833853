import { argv, stdout, umask } from 'node:process';
import type { OutputFormat } from '../../src/adapters/packer/packer.ts';
import { expectValue } from './expect-result.ts';
import { difficultTree, packOnce } from './packed-tree.ts';

/** A program: packs the difficult tree and prints name and digest of each artifact. */
const [, , folder = '', output = '', bootLoader = '', mask = '022'] = argv;
umask(Number.parseInt(mask, 8));
const formats = ['rootfs', 'raw', 'qcow2', 'squashfs', 'oci'] as const satisfies readonly OutputFormat[];
const packed = await packOnce(folder, difficultTree(), {
  outputs: formats.filter((format) => output.split(',').includes(format)),
  disk: {
    sizeBytes: 128 * 2 ** 20,
    bootLoader: bootLoader === 'grub' ? 'grub' : 'none',
    kernelCommandLine: ['quiet', "it's=a value"],
  },
});
for (const artifact of expectValue(packed.result)) {
  stdout.write(`${artifact.name} ${artifact.blob.digest}\n`);
}
