import { placeInResolved } from '../../engine/desired/resolve.ts';
import type { CheckContext } from '../../engine/kind.ts';
import type { Diagnostic, DiagnosticCode } from '../../model/diagnostic.ts';
import { isJsonObject } from '../../model/json.ts';
import type { ResolvedResource } from '../../model/resource.ts';

/**
 * Files of `entriesFrom`: paths inside the repository (SK1430), of files that are there (SK1431) and regular (SK1432),
 * none twice (SK1438).
 */
export function checkEntryFiles(resource: ResolvedResource, context: CheckContext): readonly Diagnostic[] {
  const { entriesFrom } = resource.spec;
  const seen = new Map<string, string>();
  return (Array.isArray(entriesFrom) ? entriesFrom : []).flatMap((from, index) => {
    const file = isJsonObject(from) ? from['file'] : undefined;
    if (typeof file !== 'string') {
      return [];
    }
    const pointer = `/entriesFrom/${index}/file`;
    const first = seen.get(file);
    seen.set(file, first ?? pointer);
    const problem = first === undefined ? pathProblem(file, context) : twice(file);
    return problem === undefined ? [] : [finding(resource, pointer, problem, first)];
  });
}

interface PathProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
}

function pathProblem(path: string, context: CheckContext): PathProblem | undefined {
  const steps = path.split('/');
  if (steps.some((step) => step === '' || step === '.' || step === '..')) {
    return {
      code: 'SK1430',
      message: `${JSON.stringify(path)} is not a path inside the repository`,
      hint: 'write the path from the root of the repository, without . and .. parts: lists/partners.jsonl',
    };
  }
  for (let length = 1; length <= steps.length; length++) {
    const above = steps.slice(0, length).join('/');
    const mode = context.file(above)?.mode;
    if (mode === '120000' || mode === '160000') {
      return {
        code: 'SK1432',
        message: `${JSON.stringify(path)} ${length === steps.length ? 'is' : `goes through ${above}, which is`} ${mode === '120000' ? 'a symbolic link' : 'a submodule'}`,
        hint: 'name the regular file itself',
      };
    }
    if (mode !== undefined && length === steps.length) {
      return undefined;
    }
  }
  return {
    code: 'SK1431',
    message: `${JSON.stringify(path)} is no file of the repository`,
    hint: 'correct the path; a file must be committed, or read with --worktree',
  };
}

function twice(path: string): PathProblem {
  return {
    code: 'SK1438',
    message: `${JSON.stringify(path)} stands twice in entriesFrom`,
    hint: 'remove one of the two',
  };
}

function finding(
  resource: ResolvedResource,
  pointer: string,
  { code, message, hint }: PathProblem,
  first: string | undefined,
): Diagnostic {
  const place = placeInResolved(resource, pointer);
  const firstPlace = first === undefined ? undefined : placeInResolved(resource, first);
  return {
    code,
    severity: 'error',
    message: `${resource.identity.name}: ${message}`,
    hint,
    ...(place === undefined ? {} : { place }),
    ...(firstPlace === undefined
      ? {}
      : { related: [{ message: 'it stands here first', place: firstPlace }] }),
  };
}
