import type { SmokeTestResult } from '../../model/record.ts';
import { contentReader } from '../../tree/content-reader.ts';
import { entryAt, exactEntry } from '../../tree/entry-at.ts';
import { fileAt, readText } from '../../tree/read-text.ts';
import type { Tree, TreeFile } from '../../tree/tree.ts';
import type { SmokeInput } from './smoke-input.ts';
import { type SmokeReport, testResult } from './smoke-report.ts';
import type { SmokeTest } from './smoke-test.ts';

const tableLimitBytes = 4 * 1024 * 1024;
const chunkBytes = 1024 * 1024;

/** Tier 0: what shows in the tree without running anything of it. Its own checks run for every image. */
export function probeTree(input: Pick<SmokeInput, 'tests' | 'impossible'>, tree: Tree): SmokeReport {
  const builtIn = [
    testResult('built-in: os-release is there', 0, osRelease(tree)),
    testResult('built-in: no SSH host keys', 0, hostKeys(tree)),
    testResult('built-in: no machine id', 0, machineId(tree)),
    testResult('built-in: root has no empty password', 0, rootPassword(tree)),
  ];
  const declared = input.tests.map(
    (test): SmokeTestResult => testResult(test.name, 0, fileProblem(test, tree)),
  );
  const impossible = input.impossible.map(({ name, reason }) => testResult(name, 0, reason));
  return { results: [...builtIn, ...declared, ...impossible] };
}

function osRelease(tree: Tree): string | undefined {
  const places = ['etc/os-release', 'usr/lib/os-release'];
  return places.some((path) => fileAt(tree, path) !== undefined)
    ? undefined
    : 'neither /etc/os-release nor /usr/lib/os-release leads to a file';
}

function hostKeys(tree: Tree): string | undefined {
  const keys = tree.entries.filter(({ path }) => /^etc\/ssh\/ssh_host_[^/]*_key$/.test(path));
  return keys.length === 0
    ? undefined
    : `every machine of this image would have the same ${keys.map(({ path }) => `/${path}`).join(', ')}`;
}

/** Empty and `uninitialized` both mean that the machine gets an id of its own (machine-id(5)). */
function machineId(tree: Tree): string | undefined {
  const file = fileAt(tree, 'etc/machine-id');
  const text = file && readText(tree, 'etc/machine-id', 4096);
  return file === undefined || text?.trim() === '' || text?.trim() === 'uninitialized'
    ? undefined
    : 'every machine of this image would have the same /etc/machine-id';
}

/** passwd(5) and shadow(5): an empty second field lets anyone in. */
function rootPassword(tree: Tree): string | undefined {
  for (const path of ['etc/passwd', 'etc/shadow']) {
    if (fileAt(tree, path) === undefined) {
      continue;
    }
    const text = readText(tree, path, tableLimitBytes);
    if (text === undefined) {
      return `/${path} is larger than ${tableLimitBytes} bytes`;
    }
    if (text.split('\n').some((line) => line === 'root' || line.startsWith('root::'))) {
      return `root has an empty password in /${path}`;
    }
  }
  return undefined;
}

function fileProblem({ file }: SmokeTest, tree: Tree): string | undefined {
  if (file === undefined) {
    return 'only a file test runs in tier 0';
  }
  const found = entryAt(tree, file.path);
  const entry = found?.type === 'hard-link' ? exactEntry(tree, found.target) : found;
  const expected = file.exists ?? true;
  if (entry === undefined || !expected) {
    const there = entry !== undefined;
    return there === expected ? undefined : `${file.path} is ${there ? '' : 'not '}there`;
  }
  if (file.mode !== undefined && entry.mode !== Number.parseInt(file.mode, 8)) {
    return `${file.path} has mode ${entry.mode.toString(8).padStart(4, '0')} instead of ${file.mode}`;
  }
  if (file.contains !== undefined && (entry.type !== 'file' || !contains(entry, file.contains))) {
    return `${file.path} does not contain ${JSON.stringify(file.contains.slice(0, 200))}`;
  }
  return undefined;
}

/** Reads in pieces that overlap by the length of the text: a file may be as large as the disk. */
function contains(file: TreeFile, text: string): boolean {
  const wanted = Buffer.from(text);
  const reader = contentReader();
  try {
    for (let position = 0; position < file.sizeBytes; position += chunkBytes) {
      const piece = Buffer.alloc(Math.min(chunkBytes + wanted.length - 1, file.sizeBytes - position));
      reader.readInto(piece, file.content, position);
      if (piece.includes(wanted)) {
        return true;
      }
    }
    return false;
  } finally {
    reader.close();
  }
}
