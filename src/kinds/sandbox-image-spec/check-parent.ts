import type { CheckContext } from '../../engine/kind.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import type { ResolvedResource, ResourceDocument } from '../../model/resource.ts';
import type { ImageFinding } from './image-finding.ts';
import { imageSpecOf } from './image-spec-of.ts';

/**
 * An image and the one that it is built on: an OS there must be (SK1201) and be the parent's (SK1202), the parent must
 * publish its tree (SK1203), and `variant` belongs to images without parent (SK1220).
 */
export function checkParent(
  resource: ResolvedResource,
  document: ResourceDocument,
  context: CheckContext,
): readonly ImageFinding[] {
  const spec = imageSpecOf(resource);
  const { kind } = resource.identity;
  if (spec.os === undefined) {
    return [
      {
        code: 'SK1201',
        pointer: '/version',
        message: 'it has no os, and no parent to inherit one from',
        hint: 'add os: {distribution: debian, release: bookworm, architecture: amd64}, or from',
      },
    ];
  }
  const parent = spec.from === undefined ? undefined : context.resource(kind, spec.from);
  if (parent === undefined) {
    return [];
  }
  const parentSpec = imageSpecOf(parent);
  const findings: ImageFinding[] = [];
  if (parentSpec.os !== undefined && canonicalJson(parentSpec.os) !== canonicalJson(spec.os)) {
    findings.push({
      code: 'SK1202',
      pointer: '/os',
      message: `its os is not that of ${parent.identity.name}, which it is built on`,
      hint: 'remove os: it is inherited',
    });
  }
  if (!parentSpec.outputs?.includes('rootfs')) {
    findings.push({
      code: 'SK1203',
      pointer: '/from',
      message: `${parent.identity.name} does not publish rootfs, which children are built from`,
      hint: `add rootfs to the outputs of ${parent.identity.name}`,
    });
  }
  if (document.spec['variant'] !== undefined) {
    findings.push({
      code: 'SK1220',
      pointer: '/variant',
      message: `variant says what a tree without parent starts from, and this one starts from ${parent.identity.name}`,
      hint: 'remove variant',
    });
  }
  return findings;
}
