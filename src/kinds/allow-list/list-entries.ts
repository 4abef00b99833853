import { readEntryLines } from '../../allow-list/entry-lines.ts';
import { findOverlaps } from '../../allow-list/find-overlaps.ts';
import type { ListedEntry } from '../../allow-list/listed-entry.ts';
import type { AllowEntry } from '../../model/allow-list.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { ResolvedResource } from '../../model/resource.ts';
import { entryFiles } from './allow-list-inputs.ts';
import { inlineEntries } from './inline-entries.ts';

/** What a list itself says, without the lists that it includes. */
export interface OwnEntries {
  /** Those of the document, then those of each file. */
  readonly listed: readonly ListedEntry[];
  /** What is wrong with the lines of its files; what is wrong in the document, the check of the kind tells. */
  readonly findings: readonly Diagnostic[];
}

/** A list with all that it includes. */
export interface ListEntries {
  /** Active and denied ones, expired or not: the own ones, then those of each included list, each list once. */
  readonly entries: readonly AllowEntry[];
  /** Those that wait for a decision and are not in force. */
  readonly candidates: readonly AllowEntry[];
  /** About the list itself; what is wrong with included lists is told of these. Looked for when asked. */
  findings(): readonly Diagnostic[];
}

/** Reads a list's own entries, from its document and from its files. A file without bytes has none. */
export function ownEntries(
  resource: ResolvedResource,
  bytes: (path: string) => Uint8Array | undefined,
): OwnEntries {
  const files = entryFiles(resource).flatMap((path) => {
    const content = bytes(path);
    return content === undefined ? [] : [readEntryLines(path, content, resource.identity.name)];
  });
  return {
    listed: [inlineEntries(resource), ...files.map(({ entries }) => entries)].flat(),
    findings: files.flatMap(({ findings }) => findings),
  };
}

/** Everything that a list says and includes, and what is wrong with how its entries go together (SK142x). */
export function listEntries(
  resource: ResolvedResource,
  context: {
    resource(kind: string, name: string): ResolvedResource | undefined;
    ownEntries(resource: ResolvedResource): OwnEntries;
    readonly alwaysDenied: readonly AllowEntry[];
  },
): ListEntries {
  const own = context.ownEntries(resource);
  const included = includedLists(resource, (name) => context.resource('AllowList', name)).flatMap(
    (list) => context.ownEntries(list).listed,
  );
  const all = [...own.listed, ...included];
  const entries: AllowEntry[] = [];
  const candidates: AllowEntry[] = [];
  for (const { entry, status } of all) {
    (status === 'candidate' ? candidates : entries).push(entry);
  }
  return {
    entries,
    candidates,
    findings: () => [
      ...own.findings,
      ...findOverlaps({
        list: resource.identity.name,
        file: resource.file,
        own: own.listed,
        included,
        alwaysDenied: context.alwaysDenied,
      }),
    ],
  };
}

/** Every list that one takes in, directly or not, each once, in the order in which they are met. */
function includedLists(
  resource: ResolvedResource,
  listOf: (name: string) => ResolvedResource | undefined,
): readonly ResolvedResource[] {
  const met = new Set([resource]);
  for (const list of met) {
    const { include } = list.spec;
    for (const name of Array.isArray(include) ? include : []) {
      const next = typeof name === 'string' ? listOf(name) : undefined;
      if (next !== undefined) {
        met.add(next);
      }
    }
  }
  met.delete(resource);
  return [...met];
}
