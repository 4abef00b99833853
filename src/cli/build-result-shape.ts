import {
  blobShape,
  commitShape,
  diagnosticShape,
  runHostShape,
  runShape,
} from '../engine/catalog/record-shapes.ts';
import type { ActionId, ActionResult, StageOutput } from '../model/action.ts';
import type { BuildResult, ChangeResult } from '../model/build-result.ts';
import type { RunOutcome } from '../model/event.ts';
import type { Change, Plan } from '../model/plan.ts';
import type { ResourceIdentity } from '../model/resource.ts';
import {
  booleanShape,
  countShape,
  digestShape,
  guardShape,
  hasShape,
  listShape,
  literalShape,
  mapShape,
  nullable,
  objectShape,
  optional,
  recordShape,
  type Shape,
  textShape,
  timeShape,
  unionShape,
} from '../model/shape.ts';

const token = textShape(300);
const actionIdShape = guardShape(
  (value): value is ActionId => typeof value === 'string' && value.length <= 300,
  'an action id',
);
const identityShape = recordShape<ResourceIdentity>({ kind: token, name: token });

/** Named by resource and digest; what else stands in it is compared with the plan that is made again. */
const changeShape: Shape<Change> = {
  problem: recordShape<Pick<Change, 'resource' | 'digest'>>({ resource: identityShape, digest: digestShape })
    .problem,
};

const planShape = recordShape<Plan>({
  formatVersion: literalShape(1),
  desiredCommit: nullable(commitShape),
  catalogCommit: nullable(commitShape),
  changes: listShape(changeShape, 100_000),
  unchanged: countShape,
  digest: digestShape,
});

/** What `data` holds is for the kind to check. */
const outputShape = recordShape<StageOutput>({
  blobs: mapShape(blobShape, 10_000),
  data: objectShape,
  alsoNeeded: optional(listShape(blobShape, 100_000)),
  notNeeded: optional(textShape()),
});

const times = {
  key: optional(digestShape),
  startedAt: timeShape,
  finishedAt: timeShape,
  tools: mapShape(textShape(), 1000),
  log: optional(blobShape),
};

type Status = ActionResult['status'];
type ResultOf<Of extends Status> = Extract<ActionResult, { readonly status: Of }>;

const actionShapes: { readonly [Of in Status]: Shape<ResultOf<Of>> } = {
  succeeded: recordShape<ResultOf<'succeeded'>>({
    status: literalShape('succeeded'),
    cached: booleanShape,
    output: outputShape,
    ...times,
  }),
  failed: recordShape<ResultOf<'failed'>>({
    status: literalShape('failed'),
    diagnostics: listShape(diagnosticShape, 1000),
    ...times,
  }),
  'not-needed': recordShape<ResultOf<'not-needed'>>({
    status: literalShape('not-needed'),
    reason: textShape(),
    output: optional(outputShape),
  }),
  skipped: recordShape<ResultOf<'skipped'>>({ status: literalShape('skipped'), because: actionIdShape }),
  cancelled: recordShape<ResultOf<'cancelled'>>({ status: literalShape('cancelled') }),
  superseded: recordShape<ResultOf<'superseded'>>({ status: literalShape('superseded'), by: commitShape }),
};

const statusShape = recordShape<{ status: Status }>({
  status: unionShape<Status>({
    succeeded: true,
    failed: true,
    'not-needed': true,
    skipped: true,
    cancelled: true,
    superseded: true,
  }),
});

const actionResultShape: Shape<ActionResult> = {
  problem(value, pointer) {
    return hasShape(statusShape, value)
      ? actionShapes[value.status].problem(value, pointer)
      : statusShape.problem(value, pointer);
  },
};

const changeResultShape = recordShape<ChangeResult>({
  change: changeShape,
  resource: nullable({ problem: objectShape.problem }),
  actions: mapShape(actionResultShape, 1000),
});

/** `result.json` of a results folder, as far as records take things over from it. */
export const buildResultShape: Shape<BuildResult> = recordShape<BuildResult>({
  formatVersion: literalShape(1),
  run: runShape,
  engineVersion: token,
  plan: planShape,
  startedAt: timeShape,
  finishedAt: timeShape,
  outcome: unionShape<RunOutcome>({ succeeded: true, failed: true, partial: true, cancelled: true }),
  host: runHostShape,
  builders: mapShape(recordShape<{ reproducible: boolean }>({ reproducible: booleanShape }), 1000),
  changes: listShape(changeResultShape, 100_000),
});
