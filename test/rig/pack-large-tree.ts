// Packs 128 MiB that hardly compress, in a process of its own: node pack-large-tree.ts FOLDER
// Prints resident memory as JSON: before the work, and the highest that the kernel saw.
import { randomFillSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createOciPacker } from '../../src/adapters/packer/oci-packer.ts';
import { createFileSystemStore } from '../../src/adapters/store/file-system-store.ts';
import { readTree } from '../../src/tree/read-tree.ts';
import { tarChunks } from '../../src/tree/tar-chunks.ts';
import { expectValue } from './expect-result.ts';
import { folder } from './tree-builder.ts';

const fileBytes = 32 * 1024 * 1024;
const work = process.argv[2] ?? '';
const source = join(work, 'source');
const scratch = join(work, 'scratch');
mkdirSync(scratch);
writeSource();

const before = residentBytes('VmRSS');
const cache = createFileSystemStore({ folder: join(work, 'cache'), durable: false });
const entries = [folder(''), ...['a', 'b', 'c', 'd'].map(largeFile)];
const { digest } = expectValue(await cache.put(tarChunks({ entries }, { reuseMemory: true })));
expectValue(await cache.check(digest));
const treePath = cache.pathOf(digest);
const request = {
  outputs: ['oci'],
  image: { name: 'large', architecture: 'amd64' },
  disk: { sizeBytes: 0, bootLoader: 'none', kernelCommandLine: [] },
  tree: expectValue(await readTree(treePath)),
  treePath,
  treeDigest: digest,
  parents: [],
  sourceDateEpoch: 1,
} as const;
expectValue(
  await createOciPacker().pack(request, {
    scratch: { path: scratch, inMemory: false, [Symbol.asyncDispose]: async () => {} },
    cache,
    log: () => {},
    signal: new AbortController().signal,
    timeoutMs: 60_000,
  }),
);
process.stdout.write(JSON.stringify({ before, peak: residentBytes('VmHWM') }));

function writeSource(): void {
  const piece = randomFillSync(Buffer.allocUnsafeSlow(1024 * 1024));
  for (let written = 0; written < fileBytes; written += piece.length) {
    writeFileSync(source, piece, { flag: 'a' });
  }
}

function largeFile(path: string) {
  return {
    type: 'file',
    path,
    mode: 0o644,
    uid: 0,
    gid: 0,
    modifiedAt: 1,
    sizeBytes: fileBytes,
    content: { at: 'file', path: source, offset: 0 },
  } as const;
}

function residentBytes(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024;
}
