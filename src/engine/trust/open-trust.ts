import type { Digest } from '../../model/digest.ts';
import { type Result, success } from '../../model/result.ts';
import type { Trust } from './trust.ts';
import { readNextTrust, rootShortfalls, verifyTrustChain } from './verify-trust-chain.ts';

/** The newest version of a trust that is being changed. */
export interface OpenTrust {
  readonly newest: Trust;
  /** The version before it; absent where it is the first. */
  readonly previous: Trust | undefined;
  /** What is missing until the newest version counts; empty where it does. */
  readonly shortfalls: readonly string[];
}

/**
 * The trust as a person changes it: every version must count as `verifyTrustChain` says, except that the newest may wait
 * for signatures of root keys.
 */
export function openTrust(files: ReadonlyMap<number, Uint8Array>, pinnedDigest?: Digest): Result<OpenTrust> {
  const last = Math.max(...files.keys());
  const whole = verifyTrustChain(files, pinnedDigest);
  if (whole.ok) {
    const { latest, versions } = whole.value;
    return success({ newest: latest, previous: versions.at(-2), shortfalls: [] });
  }
  const before = new Map([...files].filter(([version]) => version !== last));
  const chain = last > 1 ? verifyTrustChain(before, pinnedDigest) : whole;
  if (!chain.ok) {
    return whole;
  }
  const previous = chain.value.latest;
  const newest = readNextTrust(previous, last, files.get(last));
  return newest.ok
    ? success({ newest: newest.value, previous, shortfalls: rootShortfalls(newest.value, previous) })
    : newest;
}
