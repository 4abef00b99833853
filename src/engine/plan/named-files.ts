import type { Diagnostic } from '../../model/diagnostic.ts';
import type { Digest } from '../../model/digest.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { NamedFile, SourceTree } from '../source/source-tree.ts';

/** Largest file of the repository that a resource takes in. */
export const namedFileLimitBytes = 64 * 1024 * 1024;

/** The repository files that specs name, by path, with their digests. */
export async function readNamedFiles(
  source: SourceTree,
  resources: Iterable<ResolvedResource>,
): Promise<Result<ReadonlyMap<string, NamedFile>>> {
  const paths = new Set<string>();
  for (const resource of resources) {
    for (const path of namedPaths(resource)) {
      paths.add(path);
    }
  }
  const files = new Map<string, NamedFile>();
  const diagnostics: Diagnostic[] = [];
  for (const path of paths) {
    const file = await source.sourceFile(path, namedFileLimitBytes);
    if (file.ok) {
      files.set(path, file.value);
    } else {
      diagnostics.push(...file.diagnostics);
    }
  }
  return diagnostics.length > 0 ? failure(...diagnostics) : success(files);
}

/** Digests alone: what a plan compares. */
export function fileDigests(
  files: ReadonlyMap<string, Pick<NamedFile, 'digest'>>,
): ReadonlyMap<string, Digest> {
  return new Map([...files].map(([path, file]) => [path, file.digest]));
}

/** Lists of a spec whose items name files, and the field in which they do. */
const namingFields = [
  ['files', 'source'],
  ['entriesFrom', 'file'],
] as const;

/** Paths that a resource names (`files[].source`, `entriesFrom[].file`), in its own order. */
export function namedPaths({ spec }: Pick<ResolvedResource, 'spec'>): readonly string[] {
  return namingFields.flatMap(([list, field]) => {
    const items = spec[list];
    return Array.isArray(items)
      ? items.flatMap((item) => {
          const path = isJsonObject(item) ? item[field] : undefined;
          return typeof path === 'string' ? [path] : [];
        })
      : [];
  });
}
