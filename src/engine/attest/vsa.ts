import { type Digest, hexOf } from '../../model/digest.ts';
import { type Statement, type Subject, statement } from './statement.ts';

export const vsaType = 'https://slsa.dev/verification_summary/v1';
export const verifierId = 'urn:sandkiln:gate:v1';
/** The gate's rules: smoke tests passed, provenance and SBOM there, outputs within their limits. */
export const gatePolicyUri = 'urn:sandkiln:policy:image-gate:v1';

/** SLSA verification summary v1 (slsa.dev/spec/v1.2, verification_summary). */
export interface VerificationSummary {
  readonly verifier: { readonly id: string; readonly version: Readonly<Record<string, string>> };
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: { readonly uri: string };
  readonly inputAttestations: readonly {
    readonly uri: string;
    readonly digest: { readonly sha256: string };
  }[];
  readonly verificationResult: 'PASSED' | 'FAILED';
  readonly verifiedLevels: readonly string[];
  readonly slsaVersion: '1.2';
}

/**
 * Where the build ran. `shared`: in the process that also holds the signing key, or on a machine that its user
 * controls; `separated`: on a hosted platform whose job that holds the key runs no step of the build.
 */
export type BuildPlatform = 'shared' | 'separated';

/**
 * The gate's verdict over an image's files. The claim never exceeds what the platform gives: level 1 (provenance
 * exists) on a `shared` one, level 2 (provenance from a hosted control plane) on a `separated` one. Level 3 is not
 * claimed.
 */
export function vsaStatement(input: {
  readonly subjects: readonly Subject[];
  /** Name and spec version; the build number is never in what is signed about an artifact. */
  readonly image: { readonly name: string; readonly specVersion: string };
  readonly passed: boolean;
  readonly platform: BuildPlatform;
  /** Digests of the envelopes that were looked at, as they stand in the catalog (without newline) or the store. */
  readonly inputAttestations: readonly { readonly predicateType: string; readonly digest: Digest }[];
  readonly engineVersion: string;
  /** ISO 8601 UTC. */
  readonly timeVerified: string;
}): Statement<VerificationSummary> {
  return statement(vsaType, input.subjects, {
    verifier: { id: verifierId, version: { sandkiln: input.engineVersion } },
    timeVerified: input.timeVerified,
    resourceUri: imageUri(input.image.name, input.image.specVersion),
    policy: { uri: gatePolicyUri },
    inputAttestations: input.inputAttestations.map((entry) => ({
      uri: entry.predicateType,
      digest: { sha256: hexOf(entry.digest) },
    })),
    verificationResult: input.passed ? 'PASSED' : 'FAILED',
    verifiedLevels: input.passed ? [claimableLevel(input.platform)] : ['FAILED'],
    slsaVersion: '1.2',
  });
}

/** How statements name an image: `urn:sandkiln:image:<name>@<spec version>`. */
export function imageUri(name: string, specVersion: string): string {
  return `urn:sandkiln:image:${name}@${specVersion}`;
}

function claimableLevel(platform: BuildPlatform): string {
  switch (platform) {
    case 'shared':
      return 'SLSA_BUILD_LEVEL_1';
    case 'separated':
      return 'SLSA_BUILD_LEVEL_2';
    default:
      return platform satisfies never;
  }
}
