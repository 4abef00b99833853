import {
  artifactsShape,
  blobShape,
  lineageShape,
  sizeReportShape,
  smokeTestsShape,
} from '../../engine/catalog/record-shapes.ts';
import type { Action, BlobReference, StageOutput } from '../../model/action.ts';
import type { ChangeResult } from '../../model/build-result.ts';
import type { BuildArtifact, SmokeTestResult } from '../../model/record.ts';
import {
  countShape,
  hasShape,
  listShape,
  nullable,
  recordShape,
  type Shape,
  textShape,
} from '../../model/shape.ts';

interface PackedRow {
  readonly name: string;
  readonly format: string;
  readonly mediaType: string;
  readonly blob: BlobReference;
}

const token = textShape(300);
const packedShape: Shape<readonly PackedRow[]> = listShape(
  recordShape<PackedRow>({ name: token, format: token, mediaType: token, blob: blobShape }),
  1000,
);

type Part = 'data' | 'blobs';

/** What records are made of, by the stage that gives it. */
const shapes: Readonly<Record<string, readonly (readonly [Part, string, Shape<unknown>])[]>> = {
  prepare: [['data', 'lineage', lineageShape]],
  customise: [['blobs', 'tree', blobShape]],
  pack: [['data', 'artifacts', packedShape]],
  smoke: [['data', 'results', smokeTestsShape]],
  scan: [
    ['data', 'size', sizeReportShape],
    ['blobs', 'sbom.cdx.json', blobShape],
    ['blobs', 'packages.json', blobShape],
  ],
  publish: [
    ['data', 'artifacts', artifactsShape],
    ['data', 'tree', blobShape],
    ['data', 'lock', nullable(blobShape)],
    ['data', 'sourceDateEpoch', countShape],
  ],
};

/** Where the output of an action lacks what records are made of, each a clause. */
export function malformedOutput({ id, stage }: Action, output: StageOutput): readonly string[] {
  return (shapes[stage] ?? []).flatMap(([part, name, shape]) => {
    const problem = shape.problem(output[part][name], '');
    return problem === undefined ? [] : [`${id}: ${name}${problem.pointer} is not ${problem.expected}`];
  });
}

/** What an action of a result gave; nothing in it where it did not succeed. */
export function outputOf({ actions }: ChangeResult, { id }: Action): StageOutput {
  const result = actions[id];
  return result?.status === 'succeeded' ? result.output : { blobs: {}, data: {} };
}

export function packedArtifacts({ data }: StageOutput): readonly BuildArtifact[] {
  const rows = data['artifacts'];
  return hasShape(packedShape, rows)
    ? rows.map(({ name, format, mediaType, blob: { digest, sizeBytes } }) => ({
        name,
        format,
        mediaType,
        digest,
        sizeBytes,
      }))
    : [];
}

export function smokeResults({ data }: StageOutput): readonly SmokeTestResult[] {
  const results = data['results'];
  return hasShape(smokeTestsShape, results) ? results : [];
}
