import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { signHead } from '../../src/engine/catalog/head.ts';
import { headPath, imageFolder } from '../../src/engine/catalog/paths.ts';
import { recordBytes } from '../../src/engine/catalog/record-bytes.ts';
import { resourceOf } from '../../src/engine/desired/resolve-desired.ts';
import { packageRequest, packageRequestDigest } from '../../src/kinds/sandbox-image-spec/package-request.ts';
import { resolvedImage } from '../../src/kinds/sandbox-image-spec/resolved-image.ts';
import { digestOfBytes, digestOfJson } from '../../src/model/digest.ts';
import type { ImageInputs, ImageState, SandboxImage } from '../../src/model/record.ts';
import type { ResolvedResource } from '../../src/model/resource.ts';
import { desiredOf, type Files } from './desired-files.ts';
import { gitTestEnvironment } from './git-repository.ts';
import { documentText } from './image-files.ts';
import { memorySigner } from './memory-signer.ts';

export interface BigRepositoryOptions {
  /** Number of image specs. */
  readonly specs: number;
  /** Whether every spec has the records of an image that was made from it: a plan then has no changes. */
  readonly withCatalog: boolean;
  /** Number of build profiles that specs name in turn; each extends the profile `common`. At least one. */
  readonly profiles: number;
  /** An empty or missing folder; the repository is made in it. */
  readonly folder: string;
  /** Specs in one folder below specs/images; default 250. */
  readonly specsPerFolder?: number;
  /** Whether the files are written to the work tree; default true. Without it only commands that read git work. */
  readonly checkOut?: boolean;
  /** When the catalog's head was issued; default now. */
  readonly now?: Date;
}

export interface BigRepository {
  /** Root of the work tree. */
  readonly path: string;
  /** Path of a spec's file, numbered from 0. */
  specFile(index: number): string;
  /** Text of a spec; with `more`, lines that are added to its `spec`. */
  specText(index: number, ...more: readonly string[]): string;
  imageName(index: number): string;
  /** Path of the profile that every other one extends. */
  readonly commonProfileFile: string;
  /** Its text, with another value of a setting that goes into every spec. */
  commonProfileText(stopAfter: string): string;
  /** Commits files on top of the branch without looking at any other file of the work tree. */
  commit(files: Readonly<Record<string, string | null>>): string;
}

/**
 * Makes a repository of any size by `git fast-import`. All images are built alike, so that one spec a profile is resolved
 * by the engine and the others are derived from it. Records have the right shape and fit each other and the specs;
 * digests of artifacts, attestations and of the catalog as a whole are made up.
 */
export async function createBigRepository(options: BigRepositoryOptions): Promise<BigRepository> {
  const { folder, specs, profiles, specsPerFolder = 250 } = options;
  mkdirSync(folder, { recursive: true });
  const git = gitIn(folder);
  git('init', '--quiet', '--initial-branch=main');

  const imageName = (index: number) => `image-${String(index).padStart(6, '0')}`;
  const specFile = (index: number) =>
    `specs/images/team-${String(Math.floor(index / specsPerFolder)).padStart(4, '0')}/${imageName(index)}.yaml`;
  const specText = (index: number, ...more: readonly string[]) =>
    documentText('SandboxImageSpec', imageName(index), ...specLines(index, index % profiles), ...more);
  const shared: Files = {
    'sandkiln.yaml': documentText('Repository', 'big', 'stores: {default: {fileSystem: {}}}'),
    [commonProfileFile]: commonProfileText('20m'),
    ...Object.fromEntries(
      Array.from({ length: profiles }, (_, index) => [profileFile(index), profileText(index)]),
    ),
  };

  importCommit(folder, 'desired state', undefined, function* () {
    yield* Object.entries(shared);
    for (let index = 0; index < specs; index += 1) {
      yield [specFile(index), specText(index)];
    }
  });
  if (options.withCatalog && specs > 0) {
    const desiredCommit = git('rev-parse', 'refs/heads/main');
    const examples = Array.from({ length: Math.min(profiles, specs) }, (_, index) =>
      resolveExample({ ...shared, [specFile(index)]: specText(index) }, imageName(index)),
    );
    const head = await makeHead(desiredCommit, options.now ?? new Date());
    importCommit(folder, 'catalog', desiredCommit, function* () {
      yield [headPath, head];
      for (let index = 0; index < specs; index += 1) {
        const example = examples[index % profiles];
        if (example !== undefined) {
          yield* recordsOf(imageName(index), packagesOf(index), example, desiredCommit);
        }
      }
    });
  }
  if (options.checkOut !== false) {
    git('reset', '--quiet', '--hard');
  }
  return {
    path: folder,
    specFile,
    specText,
    imageName,
    commonProfileFile,
    commonProfileText,
    commit(files) {
      importCommit(folder, 'change', git('rev-parse', 'refs/heads/main'), () => Object.entries(files));
      if (options.checkOut !== false) {
        git(
          'checkout',
          '--quiet',
          'HEAD',
          '--',
          ...Object.keys(files).filter((path) => files[path] !== null),
        );
      }
      return git('rev-parse', 'refs/heads/main');
    },
  };
}

const commonProfileFile = 'profiles/common.yaml';

function commonProfileText(stopAfter: string): string {
  return documentText(
    'BuildProfile',
    'common',
    'variant: apt',
    `limits: {memory: 8GiB, cpus: 4, warnAfter: 15m, stopAfter: ${stopAfter}}`,
    'disk: {size: 4GiB}',
    'hardening: {sysctl: {kernel.dmesg_restrict: "1", kernel.yama.ptrace_scope: "1"}}',
  );
}

function profileFile(index: number): string {
  return `profiles/build-${index}.yaml`;
}

function profileText(index: number): string {
  return documentText(
    'BuildProfile',
    `build-${index}`,
    'extends: common',
    `hardening: {sysctl: {kernel.kptr_restrict: "${index % 3}"}}`,
  );
}

function specLines(index: number, profile: number): readonly string[] {
  return [
    'version: 1.0.0',
    'os: {distribution: debian, release: bookworm, architecture: amd64}',
    `buildProfile: build-${profile}`,
    'packages:',
    ...packagesOf(index).map((name) => `  - ${name}`),
    'users: [{name: analyst, shell: /bin/bash}]',
    'outputs: [rootfs, qcow2]',
    'smokeTests:',
    '  - {name: is Debian 12, file: {path: /etc/debian_version, contains: "12."}}',
    '  - {name: runs as analyst, command: {as: analyst, run: [id, -un], expect: {exitCode: 0}}}',
  ];
}

function packagesOf(index: number): readonly string[] {
  return ['dbus', 'iproute2', 'qemu-guest-agent', 'systemd-sysv', `tool-${index}`];
}

function resolveExample(files: Files, name: string): ResolvedResource {
  const resource = resourceOf(desiredOf(files), 'SandboxImageSpec', name);
  if (resource === undefined) {
    throw new Error(`${name} was not resolved`);
  }
  return resource;
}

const run = '20261120T110000Z-1a2b3c4d';
const lock = recordBytes({
  formatVersion: 1,
  distribution: 'debian',
  release: 'bookworm',
  architecture: 'amd64',
  request: digestOfBytes('request'),
  sourceDateEpoch: 1_700_000_000,
  indexes: [],
  packages: [],
});

function recordsOf(
  name: string,
  packages: readonly string[],
  example: ResolvedResource,
  desiredCommit: string,
): readonly (readonly [string, Uint8Array | string])[] {
  const spec = { ...example.spec, packages };
  const resource = { identity: { ...example.identity, name }, spec };
  const request = packageRequest(resolvedImage(resource), null);
  const version = '1.0.0+1';
  const inputs: ImageInputs = {
    spec: digestOfJson(spec),
    files: {},
    lock: digestOfBytes(lock),
    parent: null,
  };
  const state: ImageState = {
    apiVersion: 'sandkiln/v1',
    kind: 'ImageState',
    name,
    active: version,
    inputs,
    failure: null,
  };
  const attestations = '{}\n';
  const image: SandboxImage = {
    apiVersion: 'sandkiln/v1',
    kind: 'SandboxImage',
    name,
    version,
    supersedes: null,
    run,
    desiredCommit,
    inputs,
    spec,
    origins: recordedOrigins(name, example),
    packageRequest: request === undefined ? null : packageRequestDigest(request),
    architecture: 'amd64',
    sourceDateEpoch: 1_700_000_000,
    builder: { name: 'mmdebstrap', reproducible: true },
    tree: { digest: digestOfBytes(`tree of ${name}`), sizeBytes: 100 },
    lineage: [],
    artifacts: [
      {
        name: `${name}.qcow2`,
        format: 'qcow2',
        mediaType: 'application/octet-stream',
        digest: digestOfBytes(`disk of ${name}`),
        sizeBytes: 100,
      },
    ],
    smokeTests: [],
    attestations: digestOfBytes(attestations),
    size: { treeBytes: 100, previousTreeBytes: null, budgetBytes: null, largestPackages: [] },
  };
  const images = imageFolder(name);
  return [
    [`${images}/${version}/attestations.intoto.jsonl`, attestations],
    [`${images}/${version}/image.json`, recordBytes(image)],
    [`${images}/${version}/packages.lock.json`, lock],
    [`${images}/state.json`, recordBytes(state)],
  ];
}

function recordedOrigins(name: string, example: ResolvedResource): SandboxImage['origins'] {
  const origins = [...example.origins].map(([pointer, { identity, place }]) => {
    const own = identity.kind === example.identity.kind;
    return [
      pointer,
      { from: `${identity.kind}/${own ? name : identity.name}`, line: place.start?.line ?? 0 },
    ] as const;
  });
  return Object.fromEntries(origins);
}

async function makeHead(desiredCommit: string, now: Date): Promise<Uint8Array> {
  return signHead(
    digestOfBytes('catalog'),
    {
      counter: 1,
      desiredCommit,
      trustVersion: 1,
      previous: null,
      issuedAt: now.toISOString(),
      expiresAt: new Date(now.getTime() + 30 * 24 * 60 * 60 * 1000).toISOString(),
    },
    memorySigner(),
  );
}

/** Writes one commit to the branch main; the stream goes through a file, so that its size is no matter of memory. */
function importCommit(
  folder: string,
  message: string,
  parent: string | undefined,
  files: () => Iterable<readonly [string, Uint8Array | string | null]>,
): void {
  const stream = join(folder, '.git', 'fast-import');
  const output = openSync(stream, 'w+');
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  const put = (part: string | Uint8Array) => {
    const bytes = Buffer.from(part);
    pending.push(bytes);
    pendingBytes += bytes.length;
    if (pendingBytes > 2 ** 20) {
      flush();
    }
  };
  const flush = () => {
    writeSync(output, Buffer.concat(pending));
    pending = [];
    pendingBytes = 0;
  };
  put(`commit refs/heads/main\ncommitter Ada Example <ada@example.org> 1767323045 +0000\n`);
  put(`data ${Buffer.byteLength(message)}\n${message}\n`);
  put(parent === undefined ? '' : `from ${parent}\n`);
  for (const [path, content] of files()) {
    if (content === null) {
      put(`D ${path}\n`);
      continue;
    }
    put(`M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n`);
    put(content);
    put('\n');
  }
  flush();
  closeSync(output);
  const input = openSync(stream, 'r');
  execFileSync('git', ['-c', 'core.compression=1', 'fast-import', '--quiet'], {
    cwd: folder,
    env: gitTestEnvironment(),
    stdio: [input, 'ignore', 'inherit'],
  });
  closeSync(input);
  rmSync(stream);
}

function gitIn(folder: string): (...command: readonly string[]) => string {
  return (...command) =>
    execFileSync('git', command, { cwd: folder, env: gitTestEnvironment(), encoding: 'utf8' }).trim();
}
