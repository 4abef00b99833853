import type { DocumentFile } from '../../src/engine/desired/parse-document.ts';
import { type Desired, resolveDesired } from '../../src/engine/desired/resolve-desired.ts';
import type { Kind } from '../../src/engine/kind.ts';
import { allowListKind } from '../../src/kinds/allow-list/allow-list.ts';
import { buildProfileKind } from '../../src/kinds/build-profile/build-profile.ts';
import { networkProfileKind } from '../../src/kinds/network-profile/network-profile.ts';
import { repositoryKind } from '../../src/kinds/repository/repository.ts';
import { runProfileKind } from '../../src/kinds/run-profile/run-profile.ts';
import { sandboxImageKind } from '../../src/kinds/sandbox-image-spec/sandbox-image-spec.ts';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Result } from '../../src/model/result.ts';

export const allKinds: readonly Kind[] = [
  sandboxImageKind,
  buildProfileKind,
  runProfileKind,
  networkProfileKind,
  allowListKind,
  repositoryKind,
];

/** Repository files by path; a mode other than 100644 is written `120000 target`, as git would list the entry. */
export type Files = Readonly<Record<string, string>>;

export const policyText = 'apiVersion: sandkiln/v1\nkind: Repository\nmetadata: {name: test}\nspec: {}\n';

/** Resolves files as if they were a repository's, with a policy unless they bring one. */
export function resolveFiles(files: Files): Result<Desired> {
  const all: Files = { 'sandkiln.yaml': policyText, ...files };
  const documents: readonly DocumentFile[] = Object.entries(all)
    .filter(([path]) => path.endsWith('.yaml'))
    .map(([path, text]) => ({ path, bytes: Buffer.from(text) }));
  return resolveDesired(documents, allKinds, (path) => {
    const text = all[path];
    const mode = /^(120000|160000) /.exec(text ?? '')?.[1] ?? '100644';
    return text === undefined ? undefined : { mode };
  });
}

/** Errors and warnings alike. */
export function findingsOf(files: Files): readonly Diagnostic[] {
  const result = resolveFiles(files);
  return result.ok ? result.value.warnings : result.diagnostics;
}

/** The resolved state of files that must be right. */
export function desiredOf(files: Files): Desired {
  const result = resolveFiles(files);
  if (!result.ok) {
    throw new Error(result.diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'));
  }
  return result.value;
}
