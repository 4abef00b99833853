import type { ChangeResult } from '../../model/build-result.ts';
import type { Ancestor } from '../../model/record.ts';
import { isOnlyRevision } from './bound-list.ts';
import { changeOutcome, type ImageEvidence } from './image-evidence.ts';
import { malformedOutput, outputOf } from './image-outputs.ts';
import {
  type ExpectedImage,
  lineageProblems,
  lockProblems,
  outputProblems,
  sizeProblems,
  smokeProblems,
} from './image-result-problems.ts';
import { type ResolvedImage, resolvedImage } from './resolved-image.ts';

export interface CheckedImage {
  /** What does not hold together, each a clause. */
  readonly problems: readonly string[];
  /** What a record will say; absent where no image was made, or what tells of it cannot be read. */
  readonly evidence?: ImageEvidence;
  /** What children of this image stand on. */
  readonly lineage?: readonly Ancestor[];
}

/**
 * Holds what a build says of an image against the plan and against itself, without its blobs: that no declared smoke test
 * and no output is left out, and that lock, parents and sizes are those that follow from the spec and the catalog. Its
 * actions must be those of the plan. What it cannot know is whether a test that is called passed did pass.
 */
export function checkImageResult(result: ChangeResult, expected: ExpectedImage): CheckedImage {
  const { resource } = result;
  if (
    resource === null ||
    isOnlyRevision(result.change) ||
    !Object.values(result.actions).every(({ status }) => status === 'succeeded')
  ) {
    return { problems: [] };
  }
  const malformed = expected.actions.flatMap((action) => malformedOutput(action, outputOf(result, action)));
  if (malformed.length > 0) {
    return { problems: malformed };
  }
  const outcome = changeOutcome(result);
  if (outcome.status !== 'succeeded') {
    return { problems: ['its actions ended well and it was not published'] };
  }
  const { evidence } = outcome;
  const spec = resolvedImage({ identity: result.change.resource, spec: resource.spec });
  const lineage = lineageWith(result, spec, evidence);
  return {
    evidence,
    lineage,
    problems: [
      ...outputProblems(result, expected.actions, spec, evidence),
      ...sizeProblems(expected.actions, evidence),
      ...smokeProblems(result, expected.actions),
      ...lockProblems(result, spec, evidence),
      ...lineageProblems(expected, evidence),
    ],
  };
}

/** What children of the image stand on. */
function lineageWith(
  { change }: ChangeResult,
  { version }: ResolvedImage,
  { artifacts, lineage, tree, sourceDateEpoch }: ImageEvidence,
): readonly Ancestor[] {
  const archive = artifacts.find(({ format }) => format === 'rootfs');
  const { name } = change.resource;
  return archive === undefined
    ? lineage
    : [
        ...lineage,
        {
          name,
          specVersion: version,
          tree,
          archive: { digest: archive.digest, sizeBytes: archive.sizeBytes },
          sourceDateEpoch,
        },
      ];
}
