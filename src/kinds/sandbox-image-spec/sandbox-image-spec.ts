import { namedReference } from '../../engine/desired/named-reference.ts';
import type { CheckContext, Kind } from '../../engine/kind.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ResolvedResource, ResourceDocument } from '../../model/resource.ts';
import { allowListKind } from './bound-list.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkFiles } from './check-files.ts';
import { checkParent } from './check-parent.ts';
import { checkShape } from './check-shape.ts';
import { checkSmokeTests } from './check-smoke-tests.ts';
import { imageDiagnostic } from './image-finding.ts';
import { imageSpecOf } from './image-spec-of.ts';
import type { SandboxImageSpec } from './schema.ts';

const defaults = {
  builder: 'mmdebstrap',
  variant: 'apt',
  limits: { memory: '8GiB', cpus: 4, warnAfter: '15m', stopAfter: '20m' },
  disk: { size: '4GiB', bootLoader: 'none' },
  run: { memory: '1GiB', cpus: 2 },
  network: { layout: 'isolated' },
} satisfies Partial<SandboxImageSpec>;

/** A sandbox image: what is in it, what is made of it, and what must hold before anyone gets it. */
export const sandboxImageKind: Kind = {
  name: 'SandboxImageSpec',
  folder: 'specs/images',
  schemaFile: 'SandboxImageSpec.json',
  layers: [
    { reference: '/buildProfile', kind: 'BuildProfile', into: '' },
    { reference: '/runProfile', kind: 'RunProfile', into: '/run' },
    { reference: '/network/profile', kind: 'NetworkProfile', into: '/network' },
  ],
  defaults,
  inherits: ['os'],
  references: (document) => [
    ...namedReference(document, '/from', 'SandboxImageSpec', 'from'),
    ...namedReference(document, '/buildProfile', 'BuildProfile', 'profile'),
    ...namedReference(document, '/runProfile', 'RunProfile', 'profile'),
    ...namedReference(document, '/network/profile', 'NetworkProfile', 'profile'),
    ...namedReference(document, '/allowList', allowListKind, 'allowList'),
  ],
  check: checkImage,
};

function checkImage(
  resource: ResolvedResource,
  document: ResourceDocument,
  context: CheckContext,
): readonly Diagnostic[] {
  const spec = imageSpecOf(resource);
  return [
    ...checkParent(resource, document, context),
    ...checkShape(spec),
    ...checkFiles(spec, context),
    ...checkAccounts(resource, context),
    ...checkSmokeTests(resource, context),
  ].map((finding) => imageDiagnostic(resource, finding));
}
