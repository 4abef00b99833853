import type { Digest } from '../../model/digest.ts';
import { hexOf } from '../../model/digest.ts';
import type { JsonObject } from '../../model/json.ts';
import { named, type ResourceDescriptor, type Statement, type Subject, statement } from './statement.ts';

export const provenanceType = 'https://slsa.dev/provenance/v1';
export const imageBuildType = 'urn:sandkiln:build-type:image:v1';
export const builderId = 'urn:sandkiln:builder:v1';

/** SLSA provenance v1 (slsa.dev/spec/v1.2, build-provenance): how an image came to be. */
export interface Provenance {
  readonly buildDefinition: {
    readonly buildType: string;
    readonly externalParameters: ProvenanceParameters;
    readonly internalParameters: JsonObject;
    readonly resolvedDependencies: readonly ResourceDescriptor[];
  };
  readonly runDetails: {
    readonly builder: { readonly id: string; readonly version: Readonly<Record<string, string>> };
    readonly metadata: {
      readonly invocationId: string;
      readonly startedOn: string;
      readonly finishedOn: string;
    };
    readonly byproducts: readonly ResourceDescriptor[];
  };
}

/** All that a person can ask of a build of this type. A verifier refuses any other field. */
export interface ProvenanceParameters {
  readonly image: string;
  /** Digest of the resolved spec, which stands whole in the image record. */
  readonly spec: Digest;
  readonly resolvedSpec: JsonObject;
  /** Repository path of the spec. */
  readonly specFile: string;
}

export interface ProvenanceInput {
  /** Artifacts and the tree, by the names that the image record gives them. */
  readonly subjects: readonly Subject[];
  readonly parameters: ProvenanceParameters;
  /** What the engine decided: action keys, epoch, formats. */
  readonly internalParameters: JsonObject;
  /** The desired state: full object name, and a URI where one is known. */
  readonly desiredCommit: { readonly id: string; readonly repositoryUri?: string };
  /** Files of the repository that the spec names, by repository path. */
  readonly files: Readonly<Record<string, Digest>>;
  /** The lock and what it pins; null where the image adds no packages. */
  readonly lock: {
    readonly digest: Digest;
    readonly indexes: readonly { readonly path: string; readonly digest: Digest }[];
    readonly packages: readonly { readonly purl: string; readonly digest: Digest }[];
  } | null;
  readonly parent: { readonly name: string; readonly version: string; readonly tree: Digest } | null;
  readonly engineVersion: string;
  readonly tools: Readonly<Record<string, string>>;
  /** Run id. */
  readonly run: string;
  /** ISO 8601 UTC. */
  readonly startedOn: string;
  readonly finishedOn: string;
  /** Logs by action id. */
  readonly logs: readonly { readonly name: string; readonly digest: Digest }[];
}

/** The Statement that binds an image's files to everything that decided them. Pure: same input, same bytes. */
export function provenanceStatement(input: ProvenanceInput): Statement<Provenance> {
  return statement(provenanceType, input.subjects, {
    buildDefinition: {
      buildType: imageBuildType,
      externalParameters: input.parameters,
      internalParameters: input.internalParameters,
      resolvedDependencies: resolvedDependencies(input),
    },
    runDetails: {
      builder: { id: builderId, version: { ...input.tools, sandkiln: input.engineVersion } },
      metadata: { invocationId: input.run, startedOn: input.startedOn, finishedOn: input.finishedOn },
      byproducts: input.logs.map((log) => ({ ...named(log.name, log.digest), mediaType: 'text/plain' })),
    },
  });
}

/** Name of the desired state among the dependencies. */
export const desiredStateName = 'desired-state';
/** Name of the package lock among the dependencies. */
export const packageLockName = 'packages.lock.json';

function resolvedDependencies(input: ProvenanceInput): readonly ResourceDescriptor[] {
  const { desiredCommit, lock, parent } = input;
  return [
    {
      name: desiredStateName,
      ...(desiredCommit.repositoryUri === undefined ? {} : { uri: `git+${desiredCommit.repositoryUri}` }),
      digest: { gitCommit: desiredCommit.id },
    },
    ...Object.entries(input.files).map(([path, digest]) => named(path, digest)),
    ...(parent === null
      ? []
      : [
          {
            ...named('parent-tree', parent.tree),
            uri: `urn:sandkiln:image:${parent.name}@${parent.version}`,
          },
        ]),
    ...(lock === null ? [] : [named(packageLockName, lock.digest)]),
    ...(lock?.indexes ?? []).map((index) => named(index.path, index.digest)),
    ...(lock?.packages ?? []).map((entry) => ({ uri: entry.purl, digest: { sha256: hexOf(entry.digest) } })),
  ];
}
