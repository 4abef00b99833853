import type { Result } from '../../model/result.ts';
import type { ToolRequirement, ToolVersions } from '../../model/tool.ts';
import type { Tree } from '../../tree/tree.ts';
import type { WorkContext } from '../work-context.ts';

/** Runs machines from images, for smoke tests. The image is never written to. */
export interface Runtime {
  readonly name: string;
  readonly version: number;
  readonly tools: readonly ToolRequirement[];
  /** KVM only where a probe boot succeeded; the answer is kept for this boot of the host. */
  acceleration(context: WorkContext): Promise<{ readonly name: 'kvm' | 'tcg'; readonly reason: string }>;
  toolVersions(): Promise<ToolVersions>;
  /** Tier 1: own small initrd, root read-only with a layer in memory; commands run in a chroot of it. */
  microBoot(request: MicroBootRequest, context: WorkContext): Promise<Result<MicroBootReport>>;
  /** Tiers 2 and 3: the image's own init; resolves once the machine runs. */
  boot(request: BootRequest, context: WorkContext): Promise<Result<Machine>>;
}

export interface MachineShape {
  readonly memoryBytes: number;
  readonly cpus: number;
}

/** A root disk on this machine. */
export interface DiskImage {
  readonly path: string;
  readonly format: 'qcow2' | 'raw';
}

export interface MicroBootRequest {
  readonly disk: DiskImage;
  readonly kernelPath: string;
  /** What the disk was made from; its kernel modules go into the small initrd. */
  readonly tree: Tree;
  readonly shape: MachineShape;
  readonly commands: readonly GuestCommand[];
}

/** What the machine did, whatever that was; a failure of `microBoot` itself means that there was no machine. */
export interface MicroBootReport {
  /** The root file system of the disk was mounted. */
  readonly mounted: boolean;
  /** By the position of the command; nothing where the guest reported none, which counts as failed. */
  readonly results: readonly (GuestCommandResult | undefined)[];
  /** Why results are missing: `the machine was stopped at its time limit before …`. */
  readonly problem?: string;
  /** Everything that the guest printed, control characters kept. */
  readonly console: Uint8Array;
  readonly durationMs: number;
}

export interface BootRequest {
  readonly disk: DiskImage;
  readonly shape: MachineShape;
  /** `isolated`: a network card that reaches nothing; `outbound`: reaches out by address translation; `none`: no card. */
  readonly network: 'none' | 'isolated' | 'outbound';
  /** Direct kernel boot, or the firmware and boot loader on the disk. */
  readonly start:
    | {
        readonly by: 'kernel';
        readonly kernelPath: string;
        readonly initrdPath: string;
        readonly commandLine: readonly string[];
      }
    | { readonly by: 'firmware'; readonly firmware: 'bios' | 'uefi' };
}

export interface Machine extends AsyncDisposable {
  /** What the guest printed so far. */
  console(): Uint8Array;
  /** Waits for the first of some plain texts on the console, escape sequences ignored; gives the one that came. */
  waitForConsole(texts: readonly string[], timeoutMs: number): Promise<Result<string>>;
  /** Waits until the guest agent has answered a sync with the 0xFF sentinel. */
  waitForAgent(timeoutMs: number): Promise<Result<GuestAgent>>;
  /** Ends the machine at once, with its process group: nothing that the guest wrote is kept. */
  stop(): Promise<void>;
}

export interface GuestAgent {
  ping(timeoutMs: number): Promise<Result<void>>;
  run(command: GuestCommand, timeoutMs: number): Promise<Result<GuestCommandResult>>;
}

export interface GuestCommand {
  /** A user of the guest; default root. */
  readonly as?: string;
  readonly run: readonly string[];
}

export interface GuestCommandResult {
  readonly exitCode: number;
  /** Bounded to 1 MiB. */
  readonly stdout: string;
  readonly stderr: string;
}
