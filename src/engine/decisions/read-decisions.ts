import type { VerifiedDecision } from '../../model/decision.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { identityText } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { Trust } from '../trust/trust.ts';
import { readDecision } from './decision-file.ts';

/** A file below `decisions/`. */
export interface DecisionSource {
  readonly path: string;
  bytes(): Promise<Result<Uint8Array>>;
}

/** All decisions of a commit, judged by a trust. Fails with every one that is none, or not signed as it has to be. */
export async function readDecisions(
  files: readonly DecisionSource[],
  trust: Trust | undefined,
): Promise<Result<readonly VerifiedDecision[]>> {
  const decisions: VerifiedDecision[] = [];
  const problems: Diagnostic[] = [];
  for (const { path, bytes } of files) {
    const read = await bytes();
    const decision = !read.ok
      ? read
      : trust === undefined
        ? failure(nobody(path))
        : readDecision(path, read.value, trust);
    if (decision.ok) {
      decisions.push(decision.value);
    } else {
      problems.push(...decision.diagnostics);
    }
  }
  problems.push(...repeated(decisions));
  return problems.length > 0 ? failure(...problems) : success(decisions);
}

/** One change is decided once: a copy under another name would outlive the one that is taken back. */
function repeated(decisions: readonly VerifiedDecision[]): readonly Diagnostic[] {
  const first = new Map<string, VerifiedDecision>();
  return decisions.flatMap((decision): readonly Diagnostic[] => {
    const { type, resource, change, file } = decision;
    const key = `${type} ${identityText(resource)} ${change}`;
    const earlier = change === null ? undefined : first.get(key);
    first.set(key, earlier ?? decision);
    return earlier === undefined
      ? []
      : [
          {
            code: 'SK3406',
            severity: 'error',
            message: `${file} decides ${type} of ${identityText(resource)} a second time for the same change`,
            hint: 'remove one of the two files',
            place: { file },
            related: [{ message: 'it is decided here first', place: { file: earlier.file } }],
            failure: 'stalled',
          },
        ];
  });
}

function nobody(file: string): Diagnostic {
  return {
    code: 'SK3405',
    severity: 'error',
    message: `${file} decides something, and no trust says whose decisions count`,
    hint: 'commit trust/1.json first: `sandkiln init` writes it',
    place: { file },
    failure: 'stalled',
  };
}
