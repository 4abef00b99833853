import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { isStatement } from '../../../src/engine/attest/statement.ts';
import { outcomeOf } from '../../../src/engine/attest/test-result.ts';
import { vsaStatement } from '../../../src/engine/attest/vsa.ts';
import { parseAttestations } from '../../../src/engine/catalog/parse-attestations.ts';
import { attestationsPath } from '../../../src/engine/catalog/paths.ts';
import { expectValue } from '../../rig/expect-result.ts';
import { memorySigner } from '../../rig/memory-signer.ts';
import { createSignedCatalog, sampleImage } from '../../rig/signed-catalog.ts';

async function statementsOf() {
  await using catalog = await createSignedCatalog();
  const sample = await sampleImage(catalog);
  const bytes = sample.files.get(attestationsPath('debian-12-lab', '1.2.0+1')) ?? Buffer.from('');
  const envelopes = expectValue(parseAttestations(bytes ?? Buffer.from(''), 'file'));
  return {
    sample,
    statements: envelopes.map((one) => JSON.parse(Buffer.from(one.payload, 'base64').toString('utf8'))),
  };
}

it('an image gets provenance, test result and verdict about its tree and artifacts, without the build number', async () => {
  const { sample, statements } = await statementsOf();
  expect(statements.map((one) => one.predicateType)).toEqual([
    'https://slsa.dev/provenance/v1',
    'https://in-toto.io/attestation/test-result/v0.1',
    'https://slsa.dev/verification_summary/v1',
  ]);
  for (const one of statements) {
    expect(isStatement(one)).toBe(true);
    expect(one.subject.map((subject: { name: string }) => subject.name)).toEqual([
      'tree',
      'rootfs.tar.zst',
      'sbom.cdx.json',
    ]);
    expect(JSON.stringify(one)).not.toContain(sample.image.version);
  }
});

it('provenance has the fields that SLSA requires, and names what the image was made of', async () => {
  const { sample, statements } = await statementsOf();
  const { buildDefinition, runDetails } = statements[0].predicate;
  expect(buildDefinition.buildType).toBe('urn:sandkiln:build-type:image:v1');
  expect(runDetails.builder.id).toBe('urn:sandkiln:builder:v1');
  expect(runDetails.metadata.invocationId).toBe(sample.run.id);
  const names = buildDefinition.resolvedDependencies.map((one: { name?: string }) => one.name);
  expect(names).toEqual(['desired-state', 'files/agent', 'packages.lock.json']);
  expect(buildDefinition.resolvedDependencies[0].digest.gitCommit).toBe(sample.image.desiredCommit);
});

describe('the verdict', () => {
  const base = {
    subjects: [],
    image: { name: 'a', specVersion: '1' },
    inputAttestations: [],
    engineVersion: '0.1.0',
    timeVerified: '2026-11-20T00:00:00Z',
  };
  it.each([
    ['shared', true, ['SLSA_BUILD_LEVEL_1']],
    ['separated', true, ['SLSA_BUILD_LEVEL_2']],
    ['separated', false, ['FAILED']],
  ] as const)('on a %s platform, passed %s, claims %j', (platform, passed, levels) => {
    const { predicate } = vsaStatement({ ...base, platform, passed });
    expect(predicate.verifiedLevels).toEqual(levels);
    expect(predicate.verificationResult).toBe(passed ? 'PASSED' : 'FAILED');
  });
});

it('a test that was not run is a warning, one that failed a failure', () => {
  const test = { name: 'n', tier: 1 } as const;
  expect(outcomeOf([{ ...test, outcome: 'passed' }]).result).toBe('PASSED');
  expect(outcomeOf([{ ...test, outcome: 'not-run', detail: 'why' }])).toMatchObject({
    result: 'WARNED',
    warnedTests: ['tier 1: n: why'],
  });
  expect(
    outcomeOf([
      { ...test, outcome: 'failed' },
      { ...test, outcome: 'not-run' },
    ]).result,
  ).toBe('FAILED');
});

it('the same input gives the same bytes', async () => {
  const builder = memorySigner();
  await using catalog = await createSignedCatalog();
  const [one, two] = await Promise.all([
    sampleImage({ builder, tip: catalog.tip }),
    sampleImage({ builder, tip: catalog.tip }),
  ]);
  expect(one.files).toEqual(two.files);
});
