import type { OutputFormat } from '../../adapters/packer/packer.ts';
import { parseDuration, parseSize } from '../../model/quantity.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { MergedImageSpec, SandboxImageSpec } from './schema.ts';

type Part<Field extends keyof SandboxImageSpec> = NonNullable<SandboxImageSpec[Field]>;

/** An image spec after the merge, with every default filled in and quantities as numbers. */
export interface ResolvedImage {
  readonly version: string;
  readonly from: string | undefined;
  /** Its own list, else that of its run profile. */
  readonly allowList: string | undefined;
  readonly os: Part<'os'>;
  readonly builder: string;
  readonly variant: Part<'variant'>;
  readonly packages: readonly string[];
  readonly users: Part<'users'>;
  readonly files: Part<'files'>;
  readonly services: Part<'services'>;
  readonly hardening: Part<'hardening'>;
  readonly disk: { readonly sizeBytes: number; readonly bootLoader: 'none' | 'grub' };
  readonly outputs: readonly OutputFormat[];
  readonly smokeTests: Part<'smokeTests'>;
  readonly sizeBudgetBytes: number | null;
  readonly limits: {
    readonly memoryBytes: number;
    readonly cpus: number;
    readonly warnAfterMs: number;
    readonly stopAfterMs: number;
  };
  readonly run: { readonly memoryBytes: number; readonly cpus: number };
  readonly network: { readonly layout: 'none' | 'isolated' | 'outbound' };
}

/**
 * Reads the resolved spec, which validation has checked against the schema and filled with the kind's defaults; a
 * value that is missing here is a bug.
 */
export function resolvedImage(resource: Pick<ResolvedResource, 'identity' | 'spec'>): ResolvedImage {
  // The schema that this type is made from has checked the value.
  const spec = resource.spec as unknown as MergedImageSpec;
  const { os, limits, disk, run, network, outputs } = spec;
  if (os === undefined || outputs === undefined) {
    throw new TypeError(`${resource.identity.name} was resolved without os or outputs`);
  }
  return {
    version: spec.version,
    from: spec.from,
    allowList: spec.allowList ?? run?.allowList,
    os,
    builder: spec.builder ?? 'mmdebstrap',
    variant: spec.variant ?? 'apt',
    packages: spec.packages ?? [],
    users: spec.users ?? [],
    files: spec.files ?? [],
    services: spec.services ?? {},
    hardening: spec.hardening ?? {},
    disk: { sizeBytes: parseSize(disk?.size ?? '4GiB'), bootLoader: disk?.bootLoader ?? 'none' },
    outputs,
    smokeTests: spec.smokeTests ?? [],
    sizeBudgetBytes: spec.sizeBudget === undefined ? null : parseSize(spec.sizeBudget),
    limits: {
      memoryBytes: parseSize(limits?.memory ?? '8GiB'),
      cpus: limits?.cpus ?? 4,
      warnAfterMs: parseDuration(limits?.warnAfter ?? '15m'),
      stopAfterMs: parseDuration(limits?.stopAfter ?? '20m'),
    },
    run: { memoryBytes: parseSize(run?.memory ?? '1GiB'), cpus: run?.cpus ?? 2 },
    network: { layout: network?.layout ?? 'isolated' },
  };
}
