import { Buffer } from 'node:buffer';
import type { CommitId, GitRepository } from '../../src/adapters/git/git.ts';
import type { Memo } from '../../src/adapters/memo/memo.ts';
import type { Signer } from '../../src/adapters/signer/signer.ts';
import { attestImage } from '../../src/engine/attest/attest-image.ts';
import { sshSignature } from '../../src/engine/attest/ssh-signature.ts';
import { nextHead } from '../../src/engine/catalog/next-head.ts';
import {
  attestationsPath,
  headPath,
  imageRecordPath,
  imageStatePath,
  packageLockPath,
  runPath,
} from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { createFirstTrust } from '../../src/engine/trust/create-trust.ts';
import { trustPath } from '../../src/engine/trust/trust.ts';
import { type Verification, verifyCatalog } from '../../src/engine/verify/verify-catalog.ts';
import type { VerifyInput } from '../../src/engine/verify/verify-input.ts';
import { digestOfBytes, digestOfJson } from '../../src/model/digest.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { PackageLock } from '../../src/model/package-lock.ts';
import type {
  BuildArtifact,
  ImageBuildRun,
  ImageInputs,
  ImageState,
  SandboxImage,
} from '../../src/model/record.ts';
import { expectValue } from './expect-result.ts';
import { createGitRepository, type GitRepositoryRig } from './git-repository.ts';
import { memorySigner } from './memory-signer.ts';
import { openTestRepository } from './open-test-repository.ts';
import { idleAction, runImage, runRecord } from './run-record.ts';

export const now = new Date('2026-11-20T12:00:00.000Z');

type Files = ReadonlyMap<string, Uint8Array | null>;

/** A real repository whose catalog is written as the engine writes it. Everything in it can then be attacked. */
export interface SignedCatalog extends AsyncDisposable {
  readonly rig: GitRepositoryRig;
  readonly git: GitRepository;
  readonly root: Signer;
  readonly builder: Signer;
  /** Bytes of `trust/1.json`. */
  readonly trust: Uint8Array;
  /** Newest commit; every function below moves it. */
  tip: CommitId;
  /** A commit of the user: unsigned, any files; with `null` a root commit. */
  userCommit(files: Files, parent?: CommitId | null): Promise<CommitId>;
  /** A commit of the engine: signed, with a head that fits unless `head` gives other bytes. */
  engineCommit(files: Files, options?: EngineCommit): Promise<CommitId>;
  verify(more?: Partial<VerifyInput>): Promise<Verification>;
  /** Codes of all errors of {@link verify}, each once, sorted. */
  codes(more?: Partial<VerifyInput>): Promise<readonly string[]>;
}

export interface EngineCommit {
  readonly signer?: Signer | undefined;
  readonly headSigner?: Signer;
  readonly parent?: CommitId;
  readonly trustVersion?: number;
  readonly desiredCommit?: CommitId;
  readonly now?: Date;
  readonly head?: Uint8Array;
  readonly unsigned?: boolean;
}

/** Makes the repository with `trust/1.json` and one user commit; the catalog is empty. */
export async function createSignedCatalog(
  options: { readonly algorithm?: Signer['algorithm']; readonly objectFormat?: 'sha1' | 'sha256' } = {},
): Promise<SignedCatalog> {
  const rig = createGitRepository({
    bare: true,
    ...(options.objectFormat && { objectFormat: options.objectFormat }),
  });
  const git = await openTestRepository(rig);
  const root = memorySigner(options.algorithm);
  const builder = memorySigner(options.algorithm);
  const keys = [
    { name: 'Ada', publicKeyPem: root.publicKeyPem, roles: ['root'] as const },
    { name: 'ci', publicKeyPem: builder.publicKeyPem, roles: ['builder'] as const },
  ];
  const trust = recordBytes(expectValue(await createFirstTrust({ keys, signers: [root], now })));
  const memo = new Map();
  let seconds = Date.parse('2026-11-20T10:00:00Z') / 1000;

  /** Without anything to write, the parent stays the tip: there are no empty commits. */
  async function write(parent: CommitId | undefined, changes: Files, signer?: Signer): Promise<CommitId> {
    seconds += 1;
    const written = expectValue(
      await git.writeCommit({
        parent,
        changes,
        message: 'a commit\n',
        author: { name: 'Ada Example', email: 'ada@example.org' },
        at: seconds,
        ...(signer && { sign: (commit: Uint8Array) => sshSignature(commit, 'git', signer) }),
      }),
    );
    const tip = written ?? parent;
    if (tip === undefined) {
      throw new Error('the first commit is empty');
    }
    return tip;
  }

  const first = await write(
    undefined,
    new Map([
      [trustPath(1), trust],
      ['specs/images/lab.yaml', Buffer.from('a: 1\n')],
    ]),
  );
  const catalog: SignedCatalog = {
    rig,
    git,
    root,
    builder,
    trust,
    tip: first,
    async userCommit(files, parent) {
      catalog.tip = await write(parent === null ? undefined : (parent ?? catalog.tip), files);
      return catalog.tip;
    },
    async engineCommit(files, commit = {}) {
      const parent = commit.parent ?? catalog.tip;
      const head =
        commit.head ??
        expectValue(
          await nextHead({
            git,
            parent,
            changes: files,
            desiredCommit: commit.desiredCommit ?? parent,
            trustVersion: commit.trustVersion ?? 1,
            signers: [commit.headSigner ?? commit.signer ?? builder],
            now: commit.now ?? now,
            memo,
          }),
        );
      const changes = new Map(files);
      if (head !== undefined) {
        changes.set(headPath, head);
      }
      catalog.tip = await write(
        parent,
        changes,
        commit.unsigned === true ? undefined : (commit.signer ?? builder),
      );
      return catalog.tip;
    },
    verify: (more) =>
      verifyCatalog({ git, commit: catalog.tip, now, pinnedTrust: digestOfBytes(trust), ...more }),
    async codes(more) {
      const { findings } = await catalog.verify(more);
      return [...new Set(findings.filter((one) => one.severity === 'error').map((one) => one.code))].sort();
    },
    async [Symbol.asyncDispose]() {
      await git[Symbol.asyncDispose]();
      rig[Symbol.dispose]();
    },
  };
  return catalog;
}

/** A memo in memory. */
export function memoryMemo(): Memo & { text: string | undefined } {
  const memo = {
    text: undefined as string | undefined,
    async read() {
      return memo.text;
    },
    async readBytes() {
      return memo.text === undefined ? undefined : Buffer.from(memo.text);
    },
    async write(text: string) {
      memo.text = text;
    },
  };
  return memo;
}

export interface SampleImage {
  readonly files: Map<string, Uint8Array | null>;
  readonly image: SandboxImage;
  readonly state: ImageState;
  readonly run: ImageBuildRun;
  readonly sbom: Uint8Array;
  readonly sbomEnvelope: Uint8Array;
  readonly rootfs: Uint8Array;
  readonly log: Uint8Array;
}

/** All records of one image version, in every detail as the engine writes them. */
export async function sampleImage(
  catalog: Pick<SignedCatalog, 'builder' | 'tip'>,
  options: {
    readonly name?: string;
    readonly version?: string;
    readonly supersedes?: string;
    readonly run?: string;
    readonly parent?: SandboxImage;
    readonly content?: string;
    readonly signer?: Signer;
  } = {},
): Promise<SampleImage> {
  const { name = 'debian-12-lab', version = '1.2.0+1', run = '20261120T110000Z-1a2b3c4d', parent } = options;
  const specVersion = version.slice(0, version.lastIndexOf('+'));
  const rootfs = Buffer.from(options.content ?? `root file system of ${name} ${version}`);
  const log = Buffer.from(`log of ${run}\n`);
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    components: [],
    metadata: { component: { name } },
  };
  const sbom = recordBytes(bom);
  const spec: JsonObject = { version: specVersion, packages: ['curl'] };
  const lock = sampleLock();
  const inputs: ImageInputs = {
    spec: digestOfJson(spec),
    files: { 'files/agent': digestOfBytes('agent') },
    lock: digestOfBytes(recordBytes(lock)),
    parent:
      parent === undefined ? null : { name: parent.name, version: parent.version, tree: parent.tree.digest },
  };
  const artifacts: BuildArtifact[] = [
    artifact('rootfs.tar.zst', 'rootfs', rootfs),
    artifact('sbom.cdx.json', 'cyclonedx', sbom),
  ];
  const tree = { digest: digestOfBytes(`tree ${rootfs.toString()}`), sizeBytes: 10 };
  const smokeTests = [
    { name: 'agent answers', tier: 2, outcome: 'passed' },
    { name: 'firmware', tier: 3, outcome: 'not-run', detail: 'no firmware output' },
  ] as const;
  const attested = await attestImage({
    image: { name, specVersion, tree, artifacts, smokeTests },
    provenance: {
      parameters: { image: name, spec: inputs.spec, resolvedSpec: spec, specFile: 'specs/images/lab.yaml' },
      internalParameters: { sourceDateEpoch: 1_700_000_000 },
      desiredCommit: { id: catalog.tip },
      files: inputs.files,
      lock: { digest: digestOfBytes(recordBytes(lock)), indexes: [], packages: [] },
      parent: inputs.parent,
      engineVersion: '0.1.0',
      tools: { mmdebstrap: '1.3.5' },
      run,
      startedOn: '2026-11-20T11:00:00.000Z',
      finishedOn: '2026-11-20T11:05:00.000Z',
      logs: [{ name: 'bootstrap', digest: digestOfBytes(log) }],
    },
    bom,
    platform: 'shared',
    timeVerified: '2026-11-20T11:06:00.000Z',
    signers: [options.signer ?? catalog.builder],
  });
  const sbomEnvelope = attested.sbomEnvelope ?? Buffer.from('');
  artifacts.push(artifact('sbom.intoto.json', 'cyclonedx-attestation', sbomEnvelope));
  const image: SandboxImage = {
    apiVersion: 'sandkiln/v1',
    kind: 'SandboxImage',
    name,
    version,
    supersedes: options.supersedes ?? null,
    run,
    desiredCommit: catalog.tip,
    inputs,
    spec,
    origins: {},
    packageRequest: digestOfBytes('request'),
    architecture: 'amd64',
    sourceDateEpoch: 1_700_000_000,
    builder: { name: 'mmdebstrap', reproducible: true },
    tree,
    lineage:
      parent === undefined
        ? []
        : [
            {
              name: parent.name,
              specVersion: '1.0.0',
              tree: parent.tree,
              archive: { digest: parent.artifacts[0]?.digest ?? tree.digest, sizeBytes: 1 },
              sourceDateEpoch: 1_700_000_000,
            },
          ],
    artifacts,
    smokeTests,
    attestations: attested.digest,
    size: { treeBytes: 10, previousTreeBytes: null, budgetBytes: null, largestPackages: [] },
  };
  const state: ImageState = {
    apiVersion: 'sandkiln/v1',
    kind: 'ImageState',
    name,
    active: version,
    inputs,
    failure: null,
  };
  const ran = sampleRun(catalog.tip, run, name, version, {
    digest: digestOfBytes(log),
    sizeBytes: log.length,
  });
  const files = new Map<string, Uint8Array | null>([
    [imageRecordPath(name, version), recordBytes(image)],
    [packageLockPath(name, version), recordBytes(lock)],
    [attestationsPath(name, version), attested.bytes],
    [imageStatePath(name), recordBytes(state)],
    [runPath(run), recordBytes(ran)],
  ]);
  return { files, image, state, run: ran, sbom, sbomEnvelope, rootfs, log };
}

function sampleRun(
  commit: CommitId,
  run: string,
  name: string,
  version: string,
  log: { readonly digest: ReturnType<typeof digestOfBytes>; readonly sizeBytes: number },
): ImageBuildRun {
  const action = { ...idleAction('a/b', 'succeeded'), durationMs: 5, log };
  const image = runImage(name, [action], { version });
  return { ...runRecord(300, [image]), id: run, desiredCommit: commit };
}

function sampleLock(): PackageLock {
  return {
    formatVersion: 1,
    distribution: 'debian',
    release: 'bookworm',
    architecture: 'amd64',
    request: digestOfBytes('request'),
    sourceDateEpoch: 1_700_000_000,
    indexes: [],
    packages: [],
  };
}

function artifact(name: string, format: string, bytes: Uint8Array): BuildArtifact {
  return {
    name,
    format,
    mediaType: 'application/octet-stream',
    digest: digestOfBytes(bytes),
    sizeBytes: bytes.length,
  };
}
