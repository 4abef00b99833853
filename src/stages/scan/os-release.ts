import { failure, type Result, success } from '../../model/result.ts';
import { treeProblem } from '../../tree/tree-problem.ts';

/** What an image says of its operating system (os-release(5)). */
export interface OsRelease {
  /** `debian`: lower-case letters, digits, `._-`. */
  readonly id: string;
  /** `12`; absent for releases without number. */
  readonly versionId?: string;
  readonly prettyName?: string;
  /** The spec version that customising wrote. */
  readonly imageVersion?: string;
}

/** Reads os-release. SK5551 where it does not name a system. Values with control characters count as absent. */
export function parseOsRelease(text: string): Result<OsRelease> {
  const values = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, quoted] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
    if (
      key !== undefined &&
      quoted !== undefined &&
      quoted.length <= 1000 &&
      !/[\u0000-\u001f]/.test(quoted)
    ) {
      values.set(key, unquoted(quoted));
    }
  }
  const id = values.get('ID') ?? '';
  const versionId = values.get('VERSION_ID') ?? '';
  if (!/^[a-z0-9._-]{1,64}$/.test(id) || !/^[A-Za-z0-9._-]{0,64}$/.test(versionId)) {
    return failure(
      treeProblem(
        'SK5551',
        '/usr/lib/os-release of the image names no operating system (ID, VERSION_ID)',
        'build on a tree that has the package base-files',
      ),
    );
  }
  const [prettyName, imageVersion] = [values.get('PRETTY_NAME'), values.get('IMAGE_VERSION')];
  return success({
    id,
    ...(versionId === '' ? {} : { versionId }),
    ...(prettyName === undefined ? {} : { prettyName }),
    ...(imageVersion === undefined ? {} : { imageVersion }),
  });
}

/** Shell quoting without expansions, as the specification asks for. */
function unquoted(text: string): string {
  const [, , inside] = /^(["'])(.*)\1$/.exec(text) ?? [];
  return (inside ?? text).replace(/\\(["'$`\\])/g, '$1');
}
