import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import type { ActionCache } from './adapters/action-cache/action-cache.ts';
import type { Builder, Builders, Mirror } from './adapters/builder/builder.ts';
import type { Clock } from './adapters/clock/clock.ts';
import type { Stopwatch } from './adapters/clock/stopwatch.ts';
import type { Timer } from './adapters/clock/timer.ts';
import type { GitRepository } from './adapters/git/git.ts';
import type { HostConfiguration } from './adapters/host/host.ts';
import type { Isolation } from './adapters/isolation/isolation.ts';
import type { Journal } from './adapters/journal/journal.ts';
import type { Memo } from './adapters/memo/memo.ts';
import type { ProcessRunner } from './adapters/process/process.ts';
import type { RunLock } from './adapters/run-lock/run-lock.ts';
import type { RunOwners } from './adapters/run-owner/run-owner.ts';
import type { Scratch } from './adapters/scratch/scratch.ts';
import type { Signer } from './adapters/signer/signer.ts';
import type { LocalStore } from './adapters/store/store.ts';
import type { Tools } from './adapters/tools/tools.ts';
import type { RunTracer } from './adapters/tracer/tracer.ts';
import type { Kind } from './engine/kind.ts';
import type { PipelineOfKind } from './engine/pipeline.ts';
import type { ContentsOfKind } from './engine/plan/contents.ts';
import type { Planner } from './engine/plan/planner.ts';
import type { RecorderOfKind } from './engine/record/recorder.ts';
import type { Stage } from './engine/stage.ts';
import { createListSets, type ListSets } from './kinds/allow-list/list-sets.ts';
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
  readonly listSets: ListSets;
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
    listSets: createListSets(),
    [Symbol.asyncDispose]: () => repository[Symbol.asyncDispose](),
  });
}

/** Kinds that can be read and checked. */
export async function loadKinds(): Promise<readonly Kind[]> {
  const [image, build, run, network, allowList, repository] = await Promise.all([
    import('./kinds/sandbox-image-spec/sandbox-image-spec.ts'),
    import('./kinds/build-profile/build-profile.ts'),
    import('./kinds/run-profile/run-profile.ts'),
    import('./kinds/network-profile/network-profile.ts'),
    import('./kinds/allow-list/allow-list.ts'),
    import('./kinds/repository/repository.ts'),
  ]);
  return [
    image.sandboxImageKind,
    build.buildProfileKind,
    run.runProfileKind,
    network.networkProfileKind,
    allowList.allowListKind,
    repository.repositoryKind,
  ];
}

export async function loadPlanners(): Promise<readonly Planner[]> {
  const [{ imagePlanner }, { allowListPlanner }] = await Promise.all([
    import('./kinds/sandbox-image-spec/image-plan.ts'),
    import('./kinds/allow-list/allow-list-plan.ts'),
  ]);
  return [allowListPlanner, imagePlanner];
}

/** Those of these kinds whose changes follow from what is in files. */
export async function loadContentsOfKinds(
  kinds: Iterable<string>,
  { listSets }: Pick<Workspace, 'listSets'>,
): Promise<readonly ContentsOfKind[]> {
  if (!new Set(kinds).has('AllowList')) {
    return [];
  }
  const { createAllowListContents } = await import('./kinds/allow-list/allow-list-contents.ts');
  return [createAllowListContents(listSets)];
}

export async function loadPipelines(): Promise<readonly PipelineOfKind[]> {
  const { imagePipeline } = await import('./kinds/sandbox-image-spec/image-pipeline.ts');
  return [imagePipeline];
}

export async function loadRecorders({
  listSets,
}: Pick<Workspace, 'listSets'>): Promise<readonly RecorderOfKind[]> {
  const [{ imageRecorder }, { createAllowListRecorder }] = await Promise.all([
    import('./kinds/sandbox-image-spec/image-recorder.ts'),
    import('./kinds/allow-list/allow-list-recorder.ts'),
  ]);
  return [createAllowListRecorder(listSets), imageRecorder];
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
  /** Trust domain of the caches. */
  readonly domain: string;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly host: RunHost;
  /** What the builders that were used so far say of themselves. */
  readonly builders: () => BuildResult['builders'];
  /** The builder of that name; SK4020 where this host has none. */
  readonly findBuilder: (name: string) => Result<Builder>;
  readonly isolation: Isolation;
  /** Programs of the host that building and testing an image starts. */
  readonly imageTools: (spec: ResolvedImage) => readonly ToolRequirement[];
}

/** Scratch folders of this host; `report` is told what could not be cleaned up. */
export async function openScratch(
  { host, processes }: Pick<Workspace, 'host' | 'processes'>,
  report: (diagnostic: Diagnostic) => void,
  memoryFolder?: string,
): Promise<Scratch> {
  const { createMemoryScratch } = await import('./adapters/scratch/memory-scratch.ts');
  return createMemoryScratch({
    processes,
    report,
    diskFolder: join(host.cacheFolder, 'scratch'),
    ...(memoryFolder === undefined ? {} : { memoryFolder }),
  });
}

/**
 * Wires stages to adapters. The signal ends programs that are asked what they are; `report` is told what could not be
 * cleaned up.
 */
export async function createBuildEngine(
  { git, host }: Workspace,
  policy: { readonly mirror: Mirror; readonly scratchFolder?: string; readonly signal?: AbortSignal },
  report: (diagnostic: Diagnostic) => void,
): Promise<BuildEngine> {
  const modules = await loadBuildModules();
  const processes = modules.createProcessRunner({ guard: modules.createProcessGuard() });
  const clock = modules.createSystemClock();
  const { store, cache } = await openStores(host);
  const tools = modules.createToolProbe({ processes, searchPath: modules.childSearchPath() });
  const isolation = modules.chooseIsolation(processes, process.getuid?.() ?? 0);
  const scratch = await openScratch({ host, processes }, report, policy.scratchFolder);
  const builders: Builders = new Map(
    [
      modules.createMmdebstrapBuilder({ processes, isolation, clock }),
      ...[...host.builders].map(([name, { command, version }]) =>
        modules.createExternalCommandBuilder({
          name,
          command,
          processes,
          clock,
          scratch,
          lockShape: modules.packageLockShape,
          ...(version === undefined ? {} : { hostVersion: version }),
          ...(policy.signal === undefined ? {} : { signal: policy.signal }),
        }),
      ),
    ].map((builder) => [builder.name, builder]),
  );
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
    modules.createLockStage({ builders, mirror, store, tools }),
    modules.createBootstrapStage({ builders, mirror, tools }),
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
    scratch,
    tools,
    journal: modules.createFileSystemJournal(join(stateFolder, 'journal')),
    runLock: modules.createFileRunLock({ path: join(stateFolder, 'run.lock'), processes, clock }),
    actionCache: modules.createFileSystemActionCache({ folder: join(host.cacheFolder, 'actions'), cache }),
    domain: host.cacheDomain,
    clock,
    timer: modules.createSystemTimer(),
    host: {
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
      memoryBytes: totalmem(),
      isolation: isolation.name,
      unenforced: isolation.unenforced,
    },
    builders: () =>
      Object.fromEntries(
        [...builders].flatMap(([name, builder]) => {
          const description = builder.described();
          return description === undefined ? [] : [[name, { reproducible: description.reproducible }]];
        }),
      ),
    findBuilder: (name) => modules.findBuilder(builders, name),
    isolation,
    imageTools: (spec) => modules.imageTools(spec, { builders, packers, runtime }),
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

/** What was tried in this clone. */
export async function openJournal({ git }: Workspace): Promise<Journal> {
  const { createFileSystemJournal } = await import('./adapters/journal/file-system-journal.ts');
  return createFileSystemJournal(join(git.gitDirectory, 'sandkiln', 'journal'));
}

/** Blobs in a folder of the user's choice. */
export async function openFolderStore(folder: string): Promise<LocalStore> {
  const { createFileSystemStore } = await import('./adapters/store/file-system-store.ts');
  return createFileSystemStore({ folder, durable: true });
}

/** Who this process is, and whether others of this machine are alive. */
export async function openRunOwners(): Promise<RunOwners> {
  const { createLinuxRunOwners } = await import('./adapters/run-owner/linux-run-owners.ts');
  return createLinuxRunOwners();
}

/** Lets time pass. */
export async function openTimer(): Promise<Timer> {
  const { createSystemTimer } = await import('./adapters/clock/system-timer.ts');
  return createSystemTimer();
}

/** Measures how much time passes. */
export async function openStopwatch(): Promise<Stopwatch> {
  const { createSystemStopwatch } = await import('./adapters/clock/system-stopwatch.ts');
  return createSystemStopwatch();
}

/** The signer of this host's key. */
export async function openSigner(host: HostConfiguration): Promise<Result<Signer>> {
  const { loadSigner } = await import('./adapters/signer/file-key-signer.ts');
  return loadSigner({ path: host.keyFile });
}

/** Traces a run; nothing, and nothing is loaded, where no variable of the environment names an endpoint. */
export async function openTracer(
  environment: Environment,
  options: {
    readonly version: string;
    readonly command: string;
    readonly clock: Clock;
    readonly timer: Timer;
  },
): Promise<Result<RunTracer | undefined>> {
  const names = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (names.every((name) => (environment[name] ?? '') === '')) {
    return success(undefined);
  }
  const { createOtlpTracer } = await import('./adapters/tracer/create-otlp-tracer.ts');
  return createOtlpTracer({ environment, ...options });
}

/** What is remembered of plans. */
export interface PlanMemos {
  /** Stands in what is written: it counts only for this release, these schemas, and in a checkout these sources. */
  readonly fingerprint: string;
  /** The whole answer of the last plan. */
  readonly answer: Memo;
  /** The table by which the next one is computed. */
  readonly table: Memo;
  /** What came and went in the table since it was written. */
  readonly tablePatch: Memo;
}

export async function openPlanMemos({ git }: Workspace, version: string): Promise<PlanMemos> {
  const [{ fileMemo }, { programFingerprint }] = await Promise.all([
    import('./adapters/memo/file-memo.ts'),
    import('./adapters/memo/program-fingerprint.ts'),
  ]);
  const folder = join(git.gitDirectory, 'sandkiln');
  return {
    fingerprint: programFingerprint(version),
    answer: fileMemo(join(folder, 'plan-answer')),
    table: fileMemo(join(folder, 'plan-table'), planTableLimitBytes),
    tablePatch: fileMemo(join(folder, 'plan-table-patch'), planTableLimitBytes),
  };
}

/** About a thousand bytes for each of 500,000 resources. */
const planTableLimitBytes = 512 * 1024 * 1024;

export async function openClock(): Promise<Clock> {
  const { createSystemClock } = await import('./adapters/clock/system-clock.ts');
  return createSystemClock();
}

/** Files below the git directory that may be deleted at any time. */
export async function openMemo({ git }: Workspace, name: string): Promise<Memo> {
  const { fileMemo } = await import('./adapters/memo/file-memo.ts');
  return fileMemo(join(git.gitDirectory, 'sandkiln', `${name}.json`));
}

async function loadBuildModules() {
  const modules = await Promise.all([
    import('./adapters/action-cache/file-system-action-cache.ts'),
    import('./adapters/builder/external-command/create-external-command-builder.ts'),
    import('./adapters/builder/mmdebstrap/create-mmdebstrap-builder.ts'),
    import('./adapters/clock/system-clock.ts'),
    import('./adapters/clock/system-timer.ts'),
    import('./adapters/isolation/choose-isolation.ts'),
    import('./adapters/journal/file-system-journal.ts'),
    import('./adapters/packer/disk-packer.ts'),
    import('./adapters/process/child-environment.ts'),
    import('./adapters/process/child-processes.ts'),
    import('./adapters/process/process-guard.ts'),
    import('./adapters/packer/oci-packer.ts'),
    import('./adapters/packer/rootfs-packer.ts'),
    import('./adapters/packer/squashfs-packer.ts'),
    import('./adapters/run-lock/file-run-lock.ts'),
    import('./adapters/runtime/qemu/create-qemu-runtime.ts'),
    import('./adapters/tools/tool-probe.ts'),
    import('./engine/catalog/record-shapes.ts'),
    import('./kinds/sandbox-image-spec/image-tools.ts'),
    import('./stages/bootstrap.ts'),
    import('./stages/builder-fingerprint.ts'),
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
  const [rootPath, builderPath] = [rootKeyFile(host), host.keyFile];
  const root = await ensureKey(rootPath);
  const builder = await ensureKey(builderPath);
  if (!root.ok) {
    return root;
  }
  if (!builder.ok) {
    return builder;
  }
  return success({
    root: root.value.signer,
    builder: builder.value.signer,
    files: [
      { path: rootPath, made: root.value.made },
      { path: builderPath, made: builder.value.made },
    ],
  });
}

/** The key in a file of this host, made where it is missing. */
export async function ensureKey(
  path: string,
): Promise<Result<{ readonly signer: Signer; readonly made: boolean }>> {
  const { createKeyFile, loadSigner } = await import('./adapters/signer/file-key-signer.ts');
  const loaded = await loadSigner({ path });
  const made = !loaded.ok && loaded.diagnostics[0]?.code === 'SK8001';
  const signer = made ? await createKeyFile({ path }) : loaded;
  return signer.ok ? success({ signer: signer.value, made }) : signer;
}

/** The root key lies beside the builder's; it is needed only to change the trust, and better kept elsewhere. */
export function rootKeyFile(host: HostConfiguration): string {
  return join(dirname(host.keyFile), 'root.pem');
}
