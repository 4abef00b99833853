import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobReference } from '../../../model/action.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import { normaliseTree } from '../../../tree/normalise-tree.ts';
import { readTree } from '../../../tree/read-tree.ts';
import { tarChunks } from '../../../tree/tar-chunks.ts';
import type { Tree } from '../../../tree/tree.ts';
import type { Isolation } from '../../isolation/isolation.ts';
import { limitCpus } from '../../isolation/limit-cpus.ts';
import type { Command, ProcessRunner } from '../../process/process.ts';
import { processFailure, processSucceeded } from '../../process/process-diagnostic.ts';
import type { WorkContext } from '../../work-context.ts';
import type { BootstrapRequest as AnyBootstrapRequest } from '../builder.ts';
import { builderDiagnostic } from './builder-diagnostic.ts';
import { fetchPackages, notPooled } from './fetch-packages.ts';
import { finishTree } from './finish-tree.ts';
import { layOutFlatRepository } from './flat-repository.ts';
import { hookScripts } from './hook-scripts.ts';
import type { HostApt } from './host-apt.ts';
import { mirrorUrls } from './mirrors.ts';
import { createPrivateApt, isUsableInConfiguration } from './private-apt.ts';

/** This builder always pins packages first. */
type BootstrapRequest = AnyBootstrapRequest & Required<Pick<AnyBootstrapRequest, 'lock'>>;

export interface BootstrapPorts {
  readonly processes: ProcessRunner;
  readonly isolation: Isolation;
  readonly hostApt: () => Promise<HostApt>;
}

/**
 * Runs mmdebstrap offline on exactly the locked packages, or adds them to the parent's tree, and puts the normalised
 * tar into the cache. SK4005 to SK4013, and those of the isolation and of reading trees.
 */
export async function bootstrapTree(
  { lock, ...asked }: AnyBootstrapRequest,
  context: WorkContext,
  ports: BootstrapPorts,
): Promise<Result<BlobReference>> {
  if (lock === undefined) {
    throw new TypeError('mmdebstrap builds from a package lock');
  }
  const request: BootstrapRequest = { ...asked, lock };
  const { parentTree } = request;
  if (parentTree !== undefined && lock.packages.length === 0) {
    return context.cache.putFile(parentTree);
  }
  const usable = await ports.isolation.check();
  if (!usable.ok) {
    return usable;
  }
  const work = await mkdtemp(join(context.scratch.path, 'bootstrap-'));
  if (!isUsableInConfiguration(work)) {
    return failure(builderDiagnostic.unusableFolder(work));
  }
  const prepared = await fillPool(request, context, ports, work);
  if (!prepared.ok) {
    return prepared;
  }
  const laidOut = await layOutFlatRepository(lock, context.cache, join(work, 'repository'));
  if (!laidOut.ok) {
    return laidOut;
  }
  await layOutHooks(request, work);

  const command = mmdebstrapCommand(request, work);
  const limited = await limitCpus(command, context.cpus);
  const result = await ports.processes.run(ports.isolation.wrap(limited), {
    timeoutMs: context.timeoutMs,
    signal: context.signal,
    stdoutTo: 'log',
    log: context.log,
  });
  if (!processSucceeded(result)) {
    return failure(
      processFailure(command, result, {
        code: 'SK4013',
        what: 'installing the packages',
        hint: 'look in the log of the stage which maintainer script failed; `sandkiln doctor` checks the host',
      }),
    );
  }
  return collect(request, context, work);
}

/** What a lock left in the pool may have been collected since. */
async function fillPool(
  { lock, mirror }: BootstrapRequest,
  context: WorkContext,
  ports: BootstrapPorts,
  work: string,
): Promise<Result<void>> {
  if ((await notPooled(lock.packages, context)).length === 0) {
    return success(undefined);
  }
  const host = await ports.hostApt();
  const suites = lock.indexes.map(({ suite }) => suite);
  const apt = await createPrivateApt({
    processes: ports.processes,
    context,
    folder: join(work, 'apt'),
    architecture: lock.architecture,
    status: '',
    acquire: host.acquire,
  });
  return apt.ok
    ? fetchPackages(lock.packages, apt.value, mirrorUrls(mirror, suites, host.sources), context)
    : apt;
}

async function layOutHooks({ lock, parentTree }: BootstrapRequest, work: string): Promise<void> {
  const hooks = join(work, 'hooks');
  await mkdir(hooks);
  for (const [name, text] of Object.entries(hookScripts)) {
    await writeFile(join(hooks, name), text, { mode: 0o755 });
  }
  if (parentTree !== undefined) {
    await symlink(parentTree, join(hooks, 'parent.tar'));
    await writeFile(join(hooks, 'packages'), lock.packages.map(({ name }) => `${name}\n`).join(''));
    await writeFile(join(hooks, 'sources.list'), flatSource(work));
  }
}

function flatSource(work: string): string {
  return `deb [trusted=yes] copy:${join(work, 'repository')} ./`;
}

function mmdebstrapCommand({ lock, spec, parentTree }: BootstrapRequest, work: string): Command {
  const includes = parentTree === undefined ? lock.packages.map(({ name }) => name) : [];
  return {
    file: 'mmdebstrap',
    arguments: [
      // Root of the isolation, whatever that is on the host.
      '--mode=root',
      `--variant=${parentTree === undefined ? spec.variant : 'custom'}`,
      '--format=tar',
      `--architectures=${lock.architecture}`,
      ...(includes.length === 0 ? [] : [`--include=${includes.join(',')}`]),
      // Everything comes from links into the pool, which another user may not read.
      '--aptopt=APT::Sandbox::User "root"',
      // Scratch space needs no synchronising.
      '--dpkgopt=force-unsafe-io',
      `--skip=check/qemu,check/signed-by${parentTree === undefined ? '' : ',update'}`,
      `--hook-directory=${join(work, 'hooks')}`,
      // No suite: variants are chosen among all packages of the repository.
      '',
      join(work, 'tree.tar'),
      flatSource(work),
    ],
    directory: work,
    environment: {
      TMPDIR: work,
      SOURCE_DATE_EPOCH: String(lock.sourceDateEpoch),
      // The kernel makes no initial ramdisk before initramfs-tools, which then makes it once for all packages.
      INITRD: 'No',
    },
  };
}

async function collect(
  { lock, parentTree }: BootstrapRequest,
  context: WorkContext,
  work: string,
): Promise<Result<BlobReference>> {
  const built = await readTree(join(work, 'tree.tar'));
  if (!built.ok) {
    return built;
  }
  const parent = parentTree === undefined ? success(undefined) : await readTree(parentTree);
  if (!parent.ok) {
    return parent;
  }
  const tree = await finish(built.value, lock, parent.value, work);
  return tree.ok ? context.cache.put(tarChunks(tree.value, { reuseMemory: true })) : tree;
}

async function finish(
  built: Tree,
  lock: BootstrapRequest['lock'],
  parent: Tree | undefined,
  work: string,
): Promise<Result<Tree>> {
  const normalised = normaliseTree(built, {
    sourceDateEpoch: lock.sourceDateEpoch,
    ...(parent === undefined ? {} : { parent }),
  });
  const essentialStatus =
    parent === undefined ? await readFile(join(work, 'hooks', 'essential-status'), 'utf8') : undefined;
  return finishTree(normalised, { lock, parent, essentialStatus });
}
