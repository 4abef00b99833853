import type { Digest } from '../../model/digest.ts';
import { digestOfJson } from '../../model/digest.ts';
import { compareCodePoints } from '../../model/json.ts';
import type { PackageRequest } from '../../model/package-lock.ts';
import type { ResolvedImage } from './resolved-image.ts';

/** What the package lock of an image is made for; nothing where a child adds no packages. */
export function packageRequest(spec: ResolvedImage, parentTree: Digest | null): PackageRequest | undefined {
  if (spec.from !== undefined && spec.packages.length === 0) {
    return undefined;
  }
  const { distribution, release, architecture } = spec.os;
  const components = ['main'];
  return {
    distribution,
    release,
    architecture,
    variant: spec.from === undefined ? spec.variant : 'none',
    packages: [...new Set(spec.packages)].sort(compareCodePoints),
    suites: [
      { suite: release, components, security: false },
      { suite: `${release}-updates`, components, security: false },
      { suite: `${release}-security`, components, security: true },
    ],
    ...(parentTree === null ? {} : { parentTree }),
  };
}

/** Digest of a request: equal requests against equal indexes have equal locks. */
export function packageRequestDigest(request: PackageRequest): Digest {
  return digestOfJson({ ...request });
}
