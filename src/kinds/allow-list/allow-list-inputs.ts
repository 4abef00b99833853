import { type AlwaysDenyPolicy, alwaysDenied, defaultSinkhole } from '../../allow-list/always-deny.ts';
import type { AllowListInputs } from '../../model/allow-list-record.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { type Digest, digestOfJson } from '../../model/digest.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import type { RepositorySpec } from '../repository/schema.ts';

/** What a list itself means as far as digests tell, without those that it takes in. */
export function ownInputs(
  resource: ResolvedResource,
  files: ReadonlyMap<string, Digest>,
  policy: AlwaysDenyPolicy,
): AllowListInputs {
  return {
    specs: { [resource.identity.name]: resource.digest },
    files: Object.fromEntries(
      entryFiles(resource).flatMap((path) => {
        const digest = files.get(path);
        return digest === undefined ? [] : [[path, digest]];
      }),
    ),
    alwaysDeny: digestOfJson(alwaysDenied(policy)),
  };
}

/** A list's own inputs with those of the lists that it takes in. */
export function joinInputs(own: AllowListInputs, included: readonly AllowListInputs[]): AllowListInputs {
  const all = [...included, own];
  // Not by assignment, to which a file called `__proto__` would be no field.
  return {
    specs: Object.fromEntries(all.flatMap(({ specs }) => Object.entries(specs))),
    files: Object.fromEntries(all.flatMap(({ files }) => Object.entries(files))),
    alwaysDeny: own.alwaysDeny,
  };
}

/** One text for the same inputs: of a change, which may say more, or of a state. */
export function inputsKey(inputs: JsonObject | AllowListInputs): string {
  return canonicalJson([inputs['specs'], inputs['files'], inputs['alwaysDeny']].map((part) => part ?? null));
}

/** Repository files that a list's `entriesFrom` names. */
export function entryFiles({ spec }: Pick<ResolvedResource, 'spec'>): readonly string[] {
  const from = spec['entriesFrom'];
  return Array.isArray(from)
    ? from.flatMap((one) => (isJsonObject(one) && typeof one['file'] === 'string' ? [one['file']] : []))
    : [];
}

/** What `sandkiln.yaml`, which has passed its schema, says of destinations that no list can allow. */
export function alwaysDenyPolicyOf(policy: JsonObject): AlwaysDenyPolicy {
  const { allowLists } = policy as RepositorySpec;
  return { permit: allowLists?.permit ?? [], sinkhole: allowLists?.sinkhole ?? defaultSinkhole };
}
