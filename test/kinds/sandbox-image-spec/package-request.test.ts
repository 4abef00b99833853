import { describe, expect, it } from 'vitest';
import {
  packageRequest,
  packageRequestDigest,
} from '../../../src/kinds/sandbox-image-spec/package-request.ts';
import { resolvedImage } from '../../../src/kinds/sandbox-image-spec/resolved-image.ts';
import { resourcesOf, treeOf } from '../../rig/planned-images.ts';
import { imageText } from '../../rig/sandkiln-program.ts';

function requestOf(lines: readonly string[], tree: Parameters<typeof packageRequest>[1] = null) {
  const files = {
    'specs/images/base.yaml': imageText('base'),
    'specs/images/x.yaml': imageText('x', ...lines),
  };
  const resource = resourcesOf(files).find(({ identity }) => identity.name === 'x');
  if (resource === undefined) {
    throw new Error('no image x');
  }
  const request = packageRequest(resolvedImage(resource), tree);
  return request === undefined ? undefined : { request, digest: packageRequestDigest(request) };
}

describe('a package request', () => {
  it('does not depend on the order of the packages', () => {
    expect(requestOf(['packages: [b2, a1]'])).toEqual(requestOf(['packages: [a1, b2]']));
  });

  it('asks for the release, its updates and its security suite', () => {
    const suites = requestOf(['packages: [curl]'])?.request.suites;
    expect(suites?.map(({ suite, security }) => [suite, security])).toEqual([
      ['bookworm', false],
      ['bookworm-updates', false],
      ['bookworm-security', true],
    ]);
  });

  it('is there without packages for an image of its own, not for a child', () => {
    expect(requestOf([])?.request.packages).toEqual([]);
    expect(requestOf(['from: base'])).toBeUndefined();
  });

  it('of a child is bound to the tree of its parent', () => {
    const child = ['from: base', 'packages: [curl]'];
    expect(requestOf(child, treeOf('base'))?.request.variant).toBe('none');
    expect(requestOf(child, treeOf('base'))?.digest).not.toBe(requestOf(child, treeOf('other'))?.digest);
  });

  it.each([[['packages: [git]']], [['packages: [curl]', 'variant: minbase']]])('differs for %j', (lines) => {
    expect(requestOf(lines)?.digest).not.toBe(requestOf(['packages: [curl]'])?.digest);
  });
});
