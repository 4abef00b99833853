import { Buffer } from 'node:buffer';
import { type Digest, digestOfBytes } from '../../model/digest.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { keysThatSigned, shortfall } from '../attest/verify-envelope.ts';
import { parseRecord } from '../catalog/parse-record.ts';
import {
  keyRule,
  type Trust,
  trustDefect,
  trustEncoding,
  trustFileShape,
  trustPath,
  trustProblem,
} from './trust.ts';

/** Trust files whose signatures hold from the first to the last. */
export interface TrustChain {
  /** Version 1 first. */
  readonly versions: readonly Trust[];
  readonly latest: Trust;
  /** Digest of the bytes of `trust/1.json`: what people pin. */
  readonly anchor: Digest;
  /** Whether the anchor was compared with a pin. Without one, the chain proves only that it agrees with itself. */
  readonly pinned: boolean;
}

/**
 * Checks `trust/1.json`, `trust/2.json` … in order. Version n must name the digest of version n−1 and be signed by the
 * root thresholds of both. Fails with SK8010 (there is none), SK8011 (malformed), SK8012 (a gap or a wrong link),
 * SK8013 (too few signatures) and SK8014 (the pin says another digest); one bad file fails the whole chain.
 */
export function verifyTrustChain(
  files: ReadonlyMap<number, Uint8Array>,
  pinnedDigest?: Digest,
): Result<TrustChain> {
  const first = files.get(1);
  if (first === undefined) {
    const hint = 'make it with `sandkiln init` and commit it before the first reconcile';
    return failure(trustProblem('SK8010', trustPath(1), 'there is no trust/1.json', hint));
  }
  const anchor = digestOfBytes(first);
  if (pinnedDigest !== undefined && pinnedDigest !== anchor) {
    const message = `trust/1.json has the digest ${anchor}, and ${pinnedDigest} is pinned`;
    const hint =
      'this is another repository than the pin was made for, or its trust was replaced: ask its owners';
    return failure(trustProblem('SK8014', trustPath(1), message, hint));
  }
  const versions: Trust[] = [];
  for (let version = 1; version <= Math.max(...files.keys()); version += 1) {
    const previous = versions.at(-1);
    const next = readNextTrust(previous, version, files.get(version));
    if (!next.ok) {
      return next;
    }
    const [lacking] = rootShortfalls(next.value, previous);
    if (lacking !== undefined) {
      const message = `${trustPath(version)} has ${lacking}`;
      const hint = 'have the missing root keys sign with `sandkiln keys sign`';
      return failure(trustProblem('SK8013', trustPath(version), message, hint));
    }
    versions.push(next.value);
  }
  const latest = versions.at(-1);
  if (latest === undefined) {
    throw new TypeError('a chain with a first file has a last one');
  }
  return success({ versions, latest, anchor, pinned: pinnedDigest !== undefined });
}

/** One version and all that can be said of it but whether enough root keys have signed: SK8011, SK8012. */
export function readNextTrust(
  previous: Trust | undefined,
  version: number,
  bytes: Uint8Array | undefined,
): Result<Trust> {
  const file = trustPath(version);
  if (bytes === undefined) {
    const hint = `restore ${file} from the history, or take out the later versions`;
    return failure(trustProblem('SK8012', file, `${file} is missing while later versions are there`, hint));
  }
  const parsed = parseRecord(bytes, trustFileShape, file, 'exact');
  if (!parsed.ok) {
    const why = parsed.diagnostics.map((diagnostic) => diagnostic.message).join('; ');
    return failure(trustProblem('SK8011', file, why, 'restore the file from the commit that added it'));
  }
  const trust: Trust = { ...parsed.value, digest: digestOfBytes(bytes) };
  const defect = trustDefect(trust.signed);
  if (defect !== undefined) {
    const hint = 'restore the file, or make the version again with `sandkiln keys`';
    return failure(trustProblem('SK8011', file, `${file} makes no sense: ${defect}`, hint));
  }
  if (trust.signed.version !== version || trust.signed.previous !== (previous?.digest ?? null)) {
    const message = `${file} does not follow on ${previous === undefined ? 'nothing' : trustPath(version - 1)}`;
    return failure(trustProblem('SK8012', file, message, 'make the version again with `sandkiln keys`'));
  }
  return success(trust);
}

/** What is missing until a version counts, by each of the versions whose root keys must sign it: none where it counts. */
export function rootShortfalls(trust: Trust, previous: Trust | undefined): readonly string[] {
  const encoding = Buffer.from(trustEncoding(trust.signed));
  return (previous === undefined ? [trust] : [previous, trust]).flatMap((judge) => {
    const rule = keyRule(judge, 'root');
    const count = keysThatSigned(encoding, trust.signatures, rule.keys).length;
    return count < rule.threshold
      ? [`${shortfall(count, rule)} as root in version ${judge.signed.version}`]
      : [];
  });
}
