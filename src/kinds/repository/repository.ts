import type { Kind } from '../../engine/kind.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { checkSinkhole } from './check-sinkhole.ts';
import type { RepositorySpec } from './schema.ts';

const defaultMaxRetirePercent = 10;

/** `sandkiln.yaml`, the policy of a repository. */
export const repositoryKind: Kind = {
  name: 'Repository',
  folder: 'sandkiln.yaml',
  schemaFile: 'Repository.json',
  layers: [],
  defaults: {
    stores: { default: { fileSystem: {} } },
    safeguards: { maxRetirePercent: defaultMaxRetirePercent },
  } satisfies RepositorySpec,
  references: () => [],
  check: checkSinkhole,
};

/** The policy that holds, its defaults filled in. */
export interface RepositoryPolicy {
  readonly name: string;
  /** Short name of the branch that holds the catalog; absent means HEAD's own. */
  readonly catalogBranch: string | undefined;
  /** Where packages come from; absent means what the host's own apt uses. */
  readonly mirror: { readonly url?: string; readonly securityUrl?: string };
  readonly safeguards: { readonly maxRetirePercent: number };
}

/** Reads the resolved `sandkiln.yaml`, which has passed its schema. */
export function repositoryPolicy(
  resource: Pick<ResolvedResource, 'spec'> & { readonly identity: { readonly name: string } },
): RepositoryPolicy {
  const spec = resource.spec as unknown as RepositorySpec;
  const { mirror, securityMirror } = spec.builders?.mmdebstrap ?? {};
  return {
    name: resource.identity.name,
    catalogBranch: spec.catalog?.branch,
    mirror: {
      ...(mirror === undefined ? {} : { url: mirror }),
      ...(securityMirror === undefined ? {} : { securityUrl: securityMirror }),
    },
    safeguards: { maxRetirePercent: spec.safeguards?.maxRetirePercent ?? defaultMaxRetirePercent },
  };
}
