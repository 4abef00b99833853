import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { ActionCache } from './adapters/action-cache/action-cache.ts';
import type { Mirror } from './adapters/builder/builder.ts';
import type { Clock } from './adapters/clock/clock.ts';
import type { Timer } from './adapters/clock/timer.ts';
import type { GitRepository } from './adapters/git/git.ts';
import type { HostConfiguration } from './adapters/host/host.ts';
import type { Isolation } from './adapters/isolation/isolation.ts';
import type { Journal } from './adapters/journal/journal.ts';
import type { Memo } from './adapters/memo/memo.ts';
import type { ProcessRunner } from './adapters/process/process.ts';
import type { RunLock } from './adapters/run-lock/run-lock.ts';
import type { Scratch } from './adapters/scratch/scratch.ts';
import type { Signer } from './adapters/signer/signer.ts';
import type { LocalStore } from './adapters/store/store.ts';
import type { Tools } from './adapters/tools/tools.ts';
import type { Kind } from './engine/kind.ts';
import type { PipelineOfKind } from './engine/pipeline.ts';
import type { Planner } from './engine/plan/planner.ts';
import type { RecorderOfKind } from './engine/record/recorder.ts';
import type { Stage } from './engine/stage.ts';
import type { ResolvedImage } from './kinds/sandbox-image-spec/resolved-image.ts';
import type { BuildResult } from './model/build-result.ts';
import type { Diagnostic } from './model/diagnostic.ts';
import type { RunHost } from './model/record.ts';
import { type Result, success } from './model/result.ts';
import type { ToolRequirement } from './model/tool.ts';

/**
 * The one place that names adapters and kinds. Everything is imported when it is asked for, so that a command loads
 * only what it needs.
 */

type Environment = Readonly<Record<string, string | undefined>>;

/** A repository and the host that acts on it. */
export interface Workspace extends AsyncDisposable {
  readonly git: GitRepository;
  readonly host: HostConfiguration;
  readonly processes: ProcessRunner;
}

export async function openWorkspace(directory: string, environment: Environment): Promise<Result<Workspace>> {
  const [{ openRepository }, { readHostConfiguration }, { createProcessRunner }] = await Promise.all([
    import('./adapters/git/open-repository.ts'),
    import('./adapters/host/read-host-configuration.ts'),
    import('./adapters/process/child-processes.ts'),
  ]);
  const processes = createProcessRunner();
  const [host, git] = await Promise.all([
    readHostConfiguration(environment),
    openRepository({ path: directory, environment, processes }),
  ]);
  if (!git.ok) {
    return git;
  }
  if (!host.ok) {
    await git.value[Symbol.asyncDispose]();
    return host;
  }
  const repository = git.value;
  return success({
    git: repository,
    host: host.value,
    processes,
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  });
}

/** Kinds that can be read and checked. */
export async function loadKinds(): Promise<readonly Kind[]> {
  const [image, build, run, network, repository] = await Promise.all([
    import('./kinds/sandbox-image-spec/sandbox-image-spec.ts'),
    import('./kinds/build-profile/build-profile.ts'),
    import('./kinds/run-profile/run-profile.ts'),
    import('./kinds/network-profile/network-profile.ts'),
    import('./kinds/repository/repository.ts'),
  ]);
  return [
    image.sandboxImageKind,
    build.buildProfileKind,
    run.runProfileKind,
    network.networkProfileKind,
    repository.repositoryKind,
  ];
}

export async function loadPlanners(): Promise<readonly Planner[]> {
  const { imagePlanner } = await import('./kinds/sandbox-image-spec/image-plan.ts');
  return [imagePlanner];
}

export async function loadPipelines(): Promise<readonly PipelineOfKind[]> {
  const { imagePipeline } = await import('./kinds/sandbox-image-spec/image-pipeline.ts');
  return [imagePipeline];
}

export async function loadRecorders(): Promise<readonly RecorderOfKind[]> {
  const { imageRecorder } = await import('./kinds/sandbox-image-spec/image-recorder.ts');
  return [imageRecorder];
}

/** Everything that carrying out a plan takes, but for the key. */
export interface BuildEngine {
  readonly stages: ReadonlyMap<string, Stage>;
  readonly cache: LocalStore;
  readonly store: LocalStore;
  readonly scratch: Scratch;
  readonly tools: Tools;
  readonly journal: Journal;
  readonly runLock: RunLock;
  readonly actionCache: ActionCache;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly host: RunHost;
  readonly builders: BuildResult['builders'];
  readonly isolation: Isolation;
  /** Programs of the host that building and testing an image starts. */
  readonly imageTools: (spec: ResolvedImage) => readonly ToolRequirement[];
}

/** Wires stages to adapters. `report` is told what could not be cleaned up. */
export async function createBuildEngine(
  { git, host, processes }: Workspace,
  policy: { readonly mirror: Mirror; readonly scratchFolder?: string },
  report: (diagnostic: Diagnostic) => void,
): Promise<BuildEngine> {
  const modules = await loadBuildModules();
  const clock = modules.createSystemClock();
  const { store, cache } = await openStores(host);
  const tools = modules.createToolProbe({ processes, searchPath: modules.childSearchPath() });
  const isolation = modules.chooseIsolation(processes, process.getuid?.() ?? 0);
  const builder = modules.createMmdebstrapBuilder({ processes, isolation, clock });
  const { mirror } = policy;
  const packers = [
    modules.createRootfsPacker(processes),
    modules.createDiskPacker(processes),
    modules.createSquashfsPacker(processes),
    modules.createOciPacker(),
  ];
  const runtime = modules.createQemuRuntime({ processes, cacheFolder: host.cacheFolder });
  const stages = [
    modules.createPrepareStage({ store }),
    modules.createLockStage({ builder, mirror, store, tools }),
    modules.createBootstrapStage({ builder, mirror, tools }),
    modules.createCustomiseStage(),
    modules.createPackStage({ packers, tools }),
    modules.createSmokeStage({ runtime }),
    modules.createScanStage(),
    modules.createPublishStage({ store }),
  ];
  const stateFolder = join(git.gitDirectory, 'sandkiln');
  return {
    stages: new Map(stages.map((stage) => [stage.name, stage])),
    cache,
    store,
    scratch: modules.createMemoryScratch({
      processes,
      report,
      diskFolder: join(host.cacheFolder, 'scratch'),
      ...(policy.scratchFolder === undefined ? {} : { memoryFolder: policy.scratchFolder }),
    }),
    tools,
    journal: modules.createFileSystemJournal(join(stateFolder, 'journal')),
    runLock: modules.createFileRunLock({ path: join(stateFolder, 'run.lock'), processes, clock }),
    actionCache: modules.createFileSystemActionCache({ folder: join(host.cacheFolder, 'actions'), cache }),
    clock,
    timer: modules.createSystemTimer(),
    host: {
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      isolation: isolation.name,
      unenforced: isolation.unenforced,
    },
    builders: { [builder.name]: { reproducible: builder.reproducible } },
    isolation,
    imageTools: (spec) => modules.imageTools(spec, { builder, packers, runtime }),
  };
}

/** The published store and the cache of this host. */
export async function openStores(
  host: HostConfiguration,
): Promise<{ readonly store: LocalStore; readonly cache: LocalStore }> {
  const { createFileSystemStore } = await import('./adapters/store/file-system-store.ts');
  return {
    store: createFileSystemStore({ folder: host.storeFolder, durable: true }),
    cache: createFileSystemStore({ folder: join(host.cacheFolder, 'blobs'), durable: false }),
  };
}

/** The signer of this host's key. */
export async function openSigner(host: HostConfiguration): Promise<Result<Signer>> {
  const { loadSigner } = await import('./adapters/signer/file-key-signer.ts');
  return loadSigner({ path: host.keyFile });
}

/** Files below the git directory that may be deleted at any time. */
export async function openMemo({ git }: Workspace, name: string): Promise<Memo> {
  const { fileMemo } = await import('./adapters/memo/file-memo.ts');
  return fileMemo(join(git.gitDirectory, 'sandkiln', `${name}.json`));
}

async function loadBuildModules() {
  const modules = await Promise.all([
    import('./adapters/action-cache/file-system-action-cache.ts'),
    import('./adapters/builder/mmdebstrap/create-mmdebstrap-builder.ts'),
    import('./adapters/clock/system-clock.ts'),
    import('./adapters/clock/system-timer.ts'),
    import('./adapters/isolation/choose-isolation.ts'),
    import('./adapters/journal/file-system-journal.ts'),
    import('./adapters/packer/disk-packer.ts'),
    import('./adapters/process/child-environment.ts'),
    import('./adapters/packer/oci-packer.ts'),
    import('./adapters/packer/rootfs-packer.ts'),
    import('./adapters/packer/squashfs-packer.ts'),
    import('./adapters/run-lock/file-run-lock.ts'),
    import('./adapters/runtime/qemu/create-qemu-runtime.ts'),
    import('./adapters/scratch/memory-scratch.ts'),
    import('./adapters/tools/tool-probe.ts'),
    import('./kinds/sandbox-image-spec/image-tools.ts'),
    import('./stages/bootstrap.ts'),
    import('./stages/customise.ts'),
    import('./stages/lock.ts'),
    import('./stages/pack.ts'),
    import('./stages/prepare.ts'),
    import('./stages/publish.ts'),
    import('./stages/scan.ts'),
    import('./stages/smoke.ts'),
  ]);
  return Object.assign({}, ...modules) as Assembled<typeof modules>;
}

/** All exports of several modules together. */
type Assembled<Modules extends readonly object[]> = Modules extends readonly [
  infer First,
  ...infer Rest extends readonly object[],
]
  ? First & Assembled<Rest>
  : unknown;

/** What recording needs besides the key. */
export async function createRecordPorts(host: HostConfiguration) {
  const [{ createSystemClock }, { createSystemTimer }] = await Promise.all([
    import('./adapters/clock/system-clock.ts'),
    import('./adapters/clock/system-timer.ts'),
  ]);
  return { ...(await openStores(host)), clock: createSystemClock(), timer: createSystemTimer() };
}

/** Makes a git repository in a folder. */
export async function initRepositoryAt(folder: string): Promise<Result<void>> {
  const [{ initRepository }, { createProcessRunner }] = await Promise.all([
    import('./adapters/git/init-repository.ts'),
    import('./adapters/process/child-processes.ts'),
  ]);
  return initRepository(folder, createProcessRunner());
}

export interface HostKeys {
  readonly root: Signer;
  readonly builder: Signer;
  readonly files: readonly { readonly path: string; readonly made: boolean }[];
}

/** The keys of this host: the builder's, and beside it the root key that trust starts from. Made where missing. */
export async function createKeys(host: HostConfiguration): Promise<Result<HostKeys>> {
  const { createKeyFile, loadSigner } = await import('./adapters/signer/file-key-signer.ts');
  const files: { path: string; made: boolean }[] = [];
  const ensure = async (path: string): Promise<Result<Signer>> => {
    const loaded = await loadSigner({ path });
    const isMissing = !loaded.ok && loaded.diagnostics[0]?.code === 'SK8001';
    files.push({ path, made: isMissing });
    return isMissing ? createKeyFile({ path }) : loaded;
  };
  const root = await ensure(rootKeyFile(host));
  const builder = await ensure(host.keyFile);
  if (!root.ok) {
    return root;
  }
  return builder.ok ? success({ root: root.value, builder: builder.value, files }) : builder;
}

/** The root key lies beside the builder's; it is needed only to change the trust, and better kept elsewhere. */
export function rootKeyFile(host: HostConfiguration): string {
  return join(dirname(host.keyFile), 'root.pem');
}
