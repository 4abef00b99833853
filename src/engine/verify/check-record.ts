import type { Diagnostic } from '../../model/diagnostic.ts';
import { digestOfBytes, digestOfJson } from '../../model/digest.ts';
import type { PublicKey } from '../../model/public-key.ts';
import type { SandboxImage } from '../../model/record.ts';
import { imageSubjects } from '../attest/image-attestations.ts';
import { parseRecord } from '../catalog/parse-record.ts';
import { attestationsPath, type CatalogPath, imageRecordPath, packageLockPath } from '../catalog/paths.ts';
import {
  imageStateShape,
  packageLockShape,
  runRecordShape,
  sandboxImageShape,
} from '../catalog/record-shapes.ts';
import { type CatalogFacts, imageKey } from './catalog-facts.ts';
import { checkAllowList } from './check-allow-list.ts';
import { checkAttestations } from './check-attestations.ts';
import { finding } from './finding.ts';
import type { ReadFile, RecordReport } from './record-report.ts';

/**
 * Checks one record, or the files of one image version or one allow-list together, and keeps in `facts` what references need.
 */
export function checkRecord(
  files: readonly ReadFile[],
  facts: CatalogFacts,
  builders: readonly PublicKey[],
): RecordReport {
  const [first] = files;
  if (first === undefined) {
    return { findings: [], envelopes: 0 };
  }
  const { place } = first;
  switch (place?.holds) {
    case undefined: {
      const message = `${first.file} is no record that belongs there`;
      return {
        findings: [finding('SK8052', first.file, message, 'keep your own files outside of catalog/')],
        envelopes: 0,
      };
    }
    case 'head':
      return { findings: [], envelopes: 0 };
    case 'image-state':
      return { findings: checkState(first, place.name, facts), envelopes: 0 };
    case 'allow-list-state':
    case 'revision':
    case 'revision-attestation':
      return checkAllowList(files, place.name, facts, builders);
    case 'run':
      return { findings: checkRun(first, place.run, facts), envelopes: 0 };
    case 'image':
    case 'package-lock':
    case 'attestations':
      return checkImageVersion(files, place, facts, builders);
    default:
      return place satisfies never;
  }
}

function checkState(read: ReadFile, name: string, facts: CatalogFacts): readonly Diagnostic[] {
  const state = parseRecord(read.bytes, imageStateShape, read.file, 'exact');
  if (!state.ok) {
    return state.diagnostics;
  }
  facts.states.set(name, {
    file: read.file,
    active: state.value.active,
    inputs: state.value.inputs,
    failedRun: state.value.failure?.run ?? null,
  });
  return state.value.name === name ? [] : [misplaced(read.file, state.value.name)];
}

function checkRun(read: ReadFile, id: string, facts: CatalogFacts): readonly Diagnostic[] {
  const run = parseRecord(read.bytes, runRecordShape, read.file, 'exact');
  if (!run.ok) {
    return run.diagnostics;
  }
  facts.runs.set(id, {
    file: read.file,
    desiredCommit: run.value.desiredCommit,
    images: run.value.images.map(({ name, version, outcome }) => ({ name, version, outcome })),
    revisions: (run.value.allowLists ?? []).flatMap(({ name, revision, ...row }) =>
      revision === null ? [] : [{ name, revision, ...row }],
    ),
    logs: run.value.images.flatMap((image) =>
      image.actions.flatMap((action) =>
        action.log === null ? [] : [{ action: action.id, blob: action.log }],
      ),
    ),
  });
  return run.value.id === id ? [] : [misplaced(read.file, run.value.id)];
}

function checkImageVersion(
  files: readonly ReadFile[],
  at: { readonly name: string; readonly version: string },
  facts: CatalogFacts,
  builders: readonly PublicKey[],
): RecordReport {
  const of = (holds: CatalogPath['holds']): ReadFile | undefined =>
    files.find((one) => one.place?.holds === holds);
  const record = of('image');
  if (record === undefined && facts.unread.has(imageRecordPath(at.name, at.version))) {
    return { findings: [], envelopes: 0 };
  }
  if (record === undefined) {
    const file = files[0]?.file ?? '';
    const message = `${file} belongs to ${at.name} ${at.version}, which has no image.json`;
    return { findings: [finding('SK8054', file, message)], envelopes: 0 };
  }
  const parsed = parseRecord(record.bytes, sandboxImageShape, record.file, 'exact');
  if (!parsed.ok) {
    return { findings: parsed.diagnostics, envelopes: 0 };
  }
  const image = parsed.value;
  const subjects = imageSubjects(image);
  facts.images.set(imageKey(at.name, at.version), {
    file: record.file,
    name: at.name,
    version: at.version,
    supersedes: image.supersedes,
    run: image.run,
    desiredCommit: image.desiredCommit,
    inputs: image.inputs,
    lineage: image.lineage,
    tree: image.tree.digest,
    artifacts: image.artifacts,
    subjects,
  });
  const attested = facts.unread.has(attestationsPath(at.name, at.version))
    ? { findings: [], envelopes: 0 }
    : checkAttestations(image, of('attestations')?.bytes, record.file, builders);
  const isLockUnread = facts.unread.has(packageLockPath(at.name, at.version));
  return {
    findings: [
      ...(image.name === at.name && image.version === at.version
        ? []
        : [misplaced(record.file, `${image.name} ${image.version}`)]),
      ...checkOwnDigests(image, record.file),
      ...(isLockUnread ? [] : checkLock(image, of('package-lock'), record.file)),
      ...attested.findings,
    ],
    envelopes: attested.envelopes,
  };
}

function checkOwnDigests(image: SandboxImage, file: string): readonly Diagnostic[] {
  const findings: Diagnostic[] = [];
  if (digestOfJson(image.spec) !== image.inputs.spec) {
    findings.push(finding('SK8055', file, `${file} holds another resolved spec than its inputs name`));
  }
  if (new Set(image.artifacts.map((artifact) => artifact.name)).size !== image.artifacts.length) {
    findings.push(finding('SK8055', file, `${file} names an artifact twice`));
  }
  for (const test of image.smokeTests.filter((one) => one.outcome === 'failed')) {
    findings.push(
      finding('SK8059', file, `${file} was recorded although its smoke test "${test.name}" failed`),
    );
  }
  return findings;
}

function checkLock(image: SandboxImage, lock: ReadFile | undefined, file: string): readonly Diagnostic[] {
  if (lock === undefined || image.inputs.lock === null) {
    return lock === undefined && image.inputs.lock === null
      ? []
      : [
          finding(
            'SK8054',
            lock?.file ?? file,
            `${file} and packages.lock.json do not agree whether there is a lock`,
          ),
        ];
  }
  const parsed = parseRecord(lock.bytes, packageLockShape, lock.file, 'exact');
  if (!parsed.ok) {
    return parsed.diagnostics;
  }
  return digestOfBytes(lock.bytes) === image.inputs.lock
    ? []
    : [finding('SK8055', lock.file, `${lock.file} is not the lock that ${file} was built from`)];
}

function misplaced(file: string, is: string): Diagnostic {
  return finding('SK8053', file, `${file} holds the record of ${is}`);
}
