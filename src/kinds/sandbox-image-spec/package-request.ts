import { type BuilderSpec, builtInBuilder } from '../../adapters/builder/builder.ts';
import type { Digest } from '../../model/digest.ts';
import { digestOfJson, hexOf } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { PackageRequest } from '../../model/package-lock.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** What of an image its builder may read; nothing where nothing is built: a child to which nothing is added. */
export function builderSpec(spec: ResolvedImage): BuilderSpec | undefined {
  const isPlainChild = spec.from !== undefined && spec.packages.length === 0;
  if (isPlainChild && spec.builder === builtInBuilder) {
    return undefined;
  }
  const { distribution, release, architecture } = spec.os;
  return {
    distribution,
    release,
    architecture,
    variant: spec.from === undefined ? spec.variant : 'none',
    packages: [...new Set(spec.packages)].sort(compareCodePoints),
  };
}

/** What the package lock of an image is made for; nothing where there is nothing to lock. */
export function packageRequest(spec: ResolvedImage, parentTree: Digest | null): PackageRequest | undefined {
  const built = builderSpec(spec);
  const isBuiltIn = spec.builder === builtInBuilder;
  if (built === undefined || (!isBuiltIn && built.packages.length === 0)) {
    return undefined;
  }
  return {
    ...built,
    ...(isBuiltIn ? { suites: debianSuites(built.release) } : { builder: spec.builder, suites: [] }),
    ...(parentTree === null ? {} : { parentTree }),
  };
}

function debianSuites(release: string): PackageRequest['suites'] {
  const components = ['main'];
  return [
    { suite: release, components, security: false },
    { suite: `${release}-updates`, components, security: false },
    { suite: `${release}-security`, components, security: true },
  ];
}

/** Digest of a request: equal requests against equal indexes have equal locks. */
export function packageRequestDigest(request: PackageRequest): Digest {
  return digestOfJson({ ...request });
}

const foldFrom = Date.UTC(2000, 0, 1) / 1000;
const foldTo = Date.UTC(2020, 0, 1) / 1000;

/**
 * The source date epoch of a tree that has neither package indexes nor a parent, seconds since 1970: a date from 2000 to
 * 2019 that follows from what the builder may read, so that the same spec has the same one, which is never the clock
 * and never in the future.
 */
export function foldedEpoch(builder: string, spec: BuilderSpec): number {
  const digest = hexOf(digestOfJson({ builder, spec }));
  return foldFrom + (Number.parseInt(digest.slice(0, 12), 16) % (foldTo - foldFrom));
}
