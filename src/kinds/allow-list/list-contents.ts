import { alwaysDenied } from '../../allow-list/always-deny.ts';
import { entriesInForce } from '../../allow-list/entries-in-force.ts';
import type { ContentsContext } from '../../engine/plan/contents.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { alwaysDenyPolicyOf, entryFiles } from './allow-list-inputs.ts';
import { type Lists, withIncluded } from './included-lists.ts';
import { listEntries, type OwnEntries, ownEntries } from './list-entries.ts';

/** Contents of lists, each list's own read once. */
export interface ListReader {
  /** Everything that a list says, those that it takes in included; fails where a file cannot be read. */
  contents(resource: ResolvedResource): Promise<Result<ListContents>>;
}

export interface ListContents {
  /** Active and denied ones, expired or not. */
  readonly entries: readonly AllowEntry[];
  readonly candidates: readonly AllowEntry[];
  findings(): readonly Diagnostic[];
}

export function createListReader({ resources, policy, file }: ContentsContext): ListReader {
  const lists: Lists = new Map(resources.map((resource) => [resource.identity.name, resource]));
  const own = new Map<ResolvedResource, OwnEntries>();
  const denied = alwaysDenied(alwaysDenyPolicyOf(policy));
  return {
    async contents(resource) {
      for (const list of withIncluded(resource, lists)) {
        const read = own.has(list) ? success(undefined) : await readOwn(list);
        if (!read.ok) {
          return read;
        }
      }
      return success(
        listEntries(resource, {
          resource: (_kind, name) => lists.get(name),
          ownEntries: (list) => own.get(list) ?? ownEntries(list, () => undefined),
          alwaysDenied: denied,
        }),
      );
    },
  };

  async function readOwn(list: ResolvedResource): Promise<Result<undefined>> {
    const bytes = new Map<string, Uint8Array>();
    const problems: Diagnostic[] = [];
    for (const path of entryFiles(list)) {
      const read = await file(path);
      if (read.ok) {
        bytes.set(path, read.value);
      } else {
        problems.push(...read.diagnostics);
      }
    }
    own.set(
      list,
      ownEntries(list, (path) => bytes.get(path)),
    );
    return problems.length > 0 ? failure(...problems) : success(undefined);
  }
}

/** What a set holds at a moment: the entries in force, and what the repository always denies. */
export function entriesOfSet(
  { entries }: ListContents,
  policy: ContentsContext['policy'],
  now: string,
): readonly AllowEntry[] {
  return [...entriesInForce(entries, now), ...alwaysDenied(alwaysDenyPolicyOf(policy))];
}
