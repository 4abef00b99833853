import type { RunOwner } from '../../adapters/run-owner/run-owner.ts';
import type { Digest } from '../../model/digest.ts';
import {
  countShape,
  digestShape,
  guardShape,
  hasShape,
  listShape,
  literalShape,
  recordShape,
  type Shape,
  textShape,
  timeShape,
} from '../../model/shape.ts';
import { isRunId } from '../catalog/paths.ts';

/** Refs of leases: `refs/sandkiln/leases/<run id>`. */
export const leasePrefix = 'refs/sandkiln/leases/';
/** The newest lease that was given; its token is the greatest. Moved with each new lease, so that only one is given at a time. */
export const fenceReference = 'refs/sandkiln/fence/newest';
/** How long a lease holds after it was taken or renewed, and how often it is renewed. */
export const leaseMs = 15 * 60_000;
export const renewalMs = 5 * 60_000;

/** What a run says of itself while it builds. */
export interface Lease {
  readonly formatVersion: 1;
  /** Run id; also its name. */
  readonly id: string;
  /** Greater than that of every lease before it in this repository. */
  readonly token: number;
  /** What is being built. */
  readonly changes: readonly Digest[];
  readonly owner: RunOwner;
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly expiresAt: string;
}

const leaseShape: Shape<Lease> = recordShape<Lease>({
  formatVersion: literalShape(1),
  id: guardShape(isRunId, 'a run id'),
  token: countShape,
  changes: listShape(digestShape, 100_000),
  owner: recordShape<RunOwner>({
    host: textShape(300),
    machine: textShape(300),
    process: countShape,
    processStart: textShape(300),
  }),
  since: timeShape,
  expiresAt: timeShape,
});

/** File of a lease's commit. */
export const leaseFile = 'lease.json';
export const leaseLimitBytes = 16 * 1024 * 1024;

/** Reads a lease; nothing where the bytes are none, which then counts as no lease. */
export function parseLease(bytes: Uint8Array): Lease | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return hasShape(leaseShape, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether a lease is over at a time of day. One that would hold for longer than a day was written by a clock that was
 * wrong, and is over too: nobody else could tell when its owner has died.
 */
export function isExpired(lease: Lease, now: Date): boolean {
  const remainingMs = Date.parse(lease.expiresAt) - now.getTime();
  return remainingMs <= 0 || remainingMs > longestMs;
}

const longestMs = 24 * 60 * 60_000;
