import { mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfJson } from '../../../model/digest.ts';
import { compareCodePoints, isJsonObject, type JsonValue } from '../../../model/json.ts';
import type { LockedPackage, PackageLock } from '../../../model/package-lock.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { Shape } from '../../../model/shape.ts';
import { hasShape } from '../../../model/shape.ts';
import type { Clock } from '../../clock/clock.ts';
import type { WorkContext } from '../../work-context.ts';
import { type LockRequest, poolDigests } from '../builder.ts';
import { contextIn, filesOf, limitsOf } from './build-tree.ts';
import { checkOutput, onlyOutput } from './check-output.ts';
import { externalDiagnostic } from './external-diagnostic.ts';
import type { Told } from './listener.ts';
import { parseJson, protocolVersion } from './protocol.ts';
import { type ExternalCommand, runOperation } from './run-operation.ts';

const lockLimitBytes = 16 * 1024 * 1024;

export interface LockPorts {
  readonly clock: Clock;
  /** What the catalog takes as a lock. */
  readonly lockShape: Shape<PackageLock>;
}

/**
 * The operation `lock`. The builder hands over a JSON file with `sourceDateEpoch`, `indexes` and `packages`, and as
 * outputs named `file` every blob that these name and the cache lacks. SK4021 to SK4027, SK4029.
 */
export async function lockPackages(
  external: ExternalCommand,
  { request, indexes, parentTree }: LockRequest,
  context: WorkContext,
  { clock, lockShape }: LockPorts,
): Promise<Result<PackageLock>> {
  const { name } = external;
  const scratch = await mkdtemp(join(context.scratch.path, 'lock-'));
  const { distribution, release, architecture, variant, packages } = request;
  const told = await runOperation(
    external,
    {
      protocol: protocolVersion,
      operation: 'lock',
      spec: { distribution, release, architecture, variant, packages },
      scratch,
      parentTree: parentTree ?? null,
      indexes: indexes ?? null,
      files: await filesOf(poolDigests({ indexes: indexes ?? [], packages: [] }), context.cache),
      limits: limitsOf(context),
    },
    contextIn(scratch, context),
  );
  if (!told.ok) {
    return told;
  }
  const pooled = await takeFiles(name, told.value, scratch, context);
  const document = pooled.ok ? await readDocument(name, told.value, scratch, context) : pooled;
  if (!document.ok) {
    return document;
  }
  const lock = {
    formatVersion: 1,
    distribution,
    release,
    architecture,
    request: digestOfJson(request),
    ...lockedFields(document.value),
  };
  const problem = lockShape.problem(lock, '');
  return problem === undefined && hasShape(lockShape, lock)
    ? checkLock(name, lock, context, clock)
    : failure(externalDiagnostic.unusableLock(name, `${problem?.pointer} is not ${problem?.expected}`));
}

/** Blobs of the pool; each is hashed while it is taken in. */
async function takeFiles(
  builder: string,
  told: Told,
  scratch: string,
  context: WorkContext,
): Promise<Result<void>> {
  for (const output of told.outputs.filter((candidate) => candidate.name === 'file')) {
    const checked = await checkOutput(builder, output, scratch, context.signal);
    const taken = checked.ok
      ? await context.cache.putFile(checked.value.path, { expected: output.digest, move: true })
      : checked;
    if (!taken.ok) {
      return taken;
    }
  }
  return success(undefined);
}

async function readDocument(
  builder: string,
  told: Told,
  scratch: string,
  context: WorkContext,
): Promise<Result<JsonValue>> {
  const output = onlyOutput(builder, told, 'lock');
  const checked = output.ok ? await checkOutput(builder, output.value, scratch, context.signal) : output;
  if (!checked.ok) {
    return checked;
  }
  if (checked.value.sizeBytes > lockLimitBytes) {
    return failure(externalDiagnostic.unusableLock(builder, `it has more than ${lockLimitBytes} bytes`));
  }
  try {
    return success(parseJson(await readFile(checked.value.path, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError) {
      return failure(externalDiagnostic.unusableLock(builder, 'it is not JSON'));
    }
    throw error;
  }
}

/** The fields that a lock has, and no others; what is wrong with them is the shape's to say. */
function lockedFields(document: JsonValue): object {
  const { sourceDateEpoch, indexes, packages } = isJsonObject(document) ? document : {};
  return {
    sourceDateEpoch,
    indexes: mapList(indexes, (index) => ({
      ...pick(index, ['suite', 'component']),
      release: pick(fieldOf(index, 'release'), ['path', 'digest', 'date', 'sizeBytes']),
      packages: pick(fieldOf(index, 'packages'), ['path', 'digest', 'sizeBytes']),
    })),
    packages: mapList(packages, (entry) => pick(entry, packageFields)),
  };
}

const packageFields = [
  'name',
  'version',
  'architecture',
  'source',
  'sourceVersion',
  'digest',
  'sizeBytes',
  'poolPath',
  'suite',
  'requested',
] as const satisfies readonly (keyof LockedPackage)[];

function mapList(value: JsonValue | undefined, map: (item: JsonValue) => object): unknown {
  return Array.isArray(value) ? value.map(map) : value;
}

function fieldOf(value: JsonValue, name: string): JsonValue {
  return (isJsonObject(value) ? value[name] : undefined) ?? null;
}

function pick(value: JsonValue, names: readonly string[]): object {
  return isJsonObject(value)
    ? Object.fromEntries(names.flatMap((name) => (Object.hasOwn(value, name) ? [[name, value[name]]] : [])))
    : {};
}

/** Sorted as every lock is, no package twice, no date of the future, everything that it names in the cache. */
async function checkLock(
  builder: string,
  lock: PackageLock,
  { cache }: WorkContext,
  clock: Clock,
): Promise<Result<PackageLock>> {
  const packages = lock.packages.toSorted(
    (a, b) => compareCodePoints(a.name, b.name) || compareCodePoints(a.architecture, b.architecture),
  );
  const twice = packages.find(
    ({ name, architecture }, index) =>
      packages[index + 1]?.name === name && packages[index + 1]?.architecture === architecture,
  );
  if (twice !== undefined) {
    return failure(externalDiagnostic.unusableLock(builder, `it has ${twice.name} twice`));
  }
  if (lock.sourceDateEpoch * 1000 > clock.now().getTime()) {
    return failure(externalDiagnostic.unusableLock(builder, 'its sourceDateEpoch is in the future'));
  }
  const needed = poolDigests(lock);
  const there = await cache.has(needed);
  const missing = needed.find((digest) => !there.has(digest));
  return missing === undefined
    ? success({ ...lock, packages })
    : failure(
        externalDiagnostic.unusableLock(builder, `it names ${missing}, which was not handed over as a file`),
      );
}
