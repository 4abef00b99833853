import type { Diagnostic } from '../../model/diagnostic.ts';
import { failure, type Result } from '../../model/result.ts';
import type { Kind } from '../kind.ts';
import { documentLimitBytes, type SourceFile, type SourceTree } from '../source/source-tree.ts';
import type { DocumentFile } from './parse-document.ts';
import { type Desired, resolveDesired } from './resolve-desired.ts';
import { sortDiagnostics } from './sort-diagnostics.ts';
import { tooLarge } from './source-text.ts';

/** Files that are asked for at a time. */
const readsAtOnce = 64;

/** Reads every YAML document of a source (`sandkiln.yaml`, below specs/ and profiles/) and resolves them. */
export async function loadDesired(source: SourceTree, kinds: readonly Kind[]): Promise<Result<Desired>> {
  const listed = source.files.filter(({ path }) => isDocument(path));
  const files: DocumentFile[] = [];
  const findings: Diagnostic[] = [];
  const unread: string[] = [];
  for (let start = 0; start < listed.length; start += readsAtOnce) {
    const batch = listed.slice(start, start + readsAtOnce);
    const results = await Promise.all(batch.map((file) => readFile(source, file)));
    for (const [index, read] of results.entries()) {
      if (read.ok) {
        files.push(read.value);
      } else {
        findings.push(...read.diagnostics);
        unread.push(batch[index]?.path ?? '');
      }
    }
  }
  const desired = resolveDesired(files, kinds, (path) => source.fileAt(path), unread);
  const [first, ...rest] = sortDiagnostics([
    ...findings,
    ...(desired.ok ? desired.value.warnings : desired.diagnostics),
  ]);
  return findings.length > 0 && first !== undefined ? failure(first, ...rest) : desired;
}

async function readFile(source: SourceTree, file: SourceFile): Promise<Result<DocumentFile>> {
  if (file.sizeBytes > documentLimitBytes) {
    return failure(tooLarge(file.path, file.sizeBytes));
  }
  const bytes = await source.read(file.path, documentLimitBytes);
  return bytes.ok ? { ok: true, value: { path: file.path, bytes: bytes.value } } : bytes;
}

/** Whether a file of the desired state is one that YAML resources are read from. */
export function isDocument(path: string): boolean {
  return path === 'sandkiln.yaml' || (/^(?:specs|profiles)\//.test(path) && /\.ya?ml$/.test(path));
}
