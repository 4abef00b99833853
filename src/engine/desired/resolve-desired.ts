import type { Diagnostic } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';
import {
  identityText,
  type ResolvedResource,
  type ResourceDocument,
  type ResourceIdentity,
} from '../../model/resource.ts';
import { failure, type Result, success } from '../../model/result.ts';
import type { CheckContext, Kind } from '../kind.ts';
import { checkListOperators } from './list-operators.ts';
import { type DocumentFile, parseDocument } from './parse-document.ts';
import { orderByReferences } from './reference-order.ts';
import { checkReferences, type DocumentIndex, indexDocuments } from './references.ts';
import { resolveDefaults, resolveDocument } from './resolve.ts';
import { readResourceDocument } from './resource-document.ts';
import { loadSchemaCheck, type SchemaCheck } from './schema-check.ts';
import { sortDiagnostics } from './sort-diagnostics.ts';

/** The desired state, read, checked and resolved. */
export interface Desired {
  /** The policy of the repository; the defaults where it has no `sandkiln.yaml`. */
  readonly repository: ResolvedResource;
  /** Sorted by kind and name. */
  readonly documents: readonly ResourceDocument[];
  /** By kind and name; sorted by name. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, ResolvedResource>>;
  /** Every resource after all that it refers to. */
  readonly order: readonly ResourceIdentity[];
  /** What the reader should know; nothing here keeps the state from being used. */
  readonly warnings: readonly Diagnostic[];
  /** The same, by the `Kind/name` of the resource that they are about. */
  readonly warningsOf: ReadonlyMap<string, readonly Diagnostic[]>;
  /** The rest of them: those about the repository as a whole. */
  readonly policyWarnings: readonly Diagnostic[];
}

/** Documents read from files, and what was wrong with them. */
export interface ReadDocuments {
  readonly documents: readonly ResourceDocument[];
  readonly findings: readonly Diagnostic[];
  /** Every file that was read. */
  readonly files: readonly string[];
  /** Files of which not even kind and name are known. */
  readonly unread: readonly string[];
}

/**
 * Documents to desired state: parse → check against schemas → references → merge → rules. Pure. All findings of all
 * files come in one go, sorted by file and position; a document that fails a step takes no part in later ones. `unread`
 * names files whose bytes could not be had: what they describe is not known, so references to it are no findings.
 */
export function resolveDesired(
  files: readonly DocumentFile[],
  kinds: readonly Kind[],
  fileAt: CheckContext['file'],
  unread: readonly string[] = [],
): Result<Desired> {
  return resolveDocuments(readDocuments(files, kinds), kinds, fileAt, unread);
}

/** The second half of {@link resolveDesired}, from documents that were read before. */
export function resolveDocuments(
  read: ReadDocuments,
  kinds: readonly Kind[],
  fileAt: CheckContext['file'],
  unread: readonly string[] = [],
): Result<Desired> {
  const kindsByName = byName(kinds);
  const { index, findings: duplicates } = indexDocuments(read.documents);
  const ordered = orderByReferences(read.documents, kindsByName, index);
  const beforeMerge = [
    ...read.findings,
    ...duplicates,
    ...checkReferences(read.documents, kindsByName, index, [...unread, ...read.unread]),
    ...ordered.findings,
  ];
  const broken = brokenDocuments(beforeMerge);
  const merged = resolveAll(ordered.order, broken, kindsByName, index, fileAt);
  const policy = repositoryPolicy(kinds, merged.resources, [...read.files, ...unread]);
  const findings = sortDiagnostics([
    ...beforeMerge,
    ...[...merged.findings.values()].flat(),
    ...policy.warnings,
  ]);
  const hasError = findings.some(({ severity }) => severity === 'error');
  if (hasError) {
    return failure(...findings);
  }
  return success({
    repository: policy.repository,
    documents: read.documents.toSorted(
      (left, right) =>
        compareCodePoints(left.identity.kind, right.identity.kind) ||
        compareCodePoints(left.identity.name, right.identity.name),
    ),
    resources: merged.resources,
    order: ordered.order.map(({ identity }) => identity),
    warnings: findings,
    warningsOf: merged.findings,
    policyWarnings: policy.warnings,
  });
}

/** A resource of the desired state by kind and name. */
export function resourceOf(desired: Desired, kind: string, name: string): ResolvedResource | undefined {
  return desired.resources.get(kind)?.get(name);
}

/** Parses documents and checks each by itself: the first half of {@link resolveDesired}. */
export function readDocuments(files: readonly DocumentFile[], kinds: readonly Kind[]): ReadDocuments {
  const kindsByName = byName(kinds);
  const checks = new Map<Kind, SchemaCheck>();
  const documents: ResourceDocument[] = [];
  const findings: Diagnostic[] = [];
  const unread: string[] = [];
  for (const file of files) {
    const parsed = parseDocument(file);
    if (!parsed.ok) {
      findings.push(...parsed.diagnostics);
      unread.push(file.path);
      continue;
    }
    const read = readResourceDocument(parsed.value, kindsByName, schemaCheckOf);
    findings.push(...read.findings);
    if (read.document === undefined) {
      unread.push(file.path);
    } else {
      documents.push(read.document);
      findings.push(...checkListOperators(read.document));
    }
  }
  return { documents, findings, files: files.map(({ path }) => path), unread };

  function schemaCheckOf(kind: Kind): SchemaCheck {
    const check = checks.get(kind) ?? loadSchemaCheck(kind);
    checks.set(kind, check);
    return check;
  }
}

function byName(kinds: readonly Kind[]): ReadonlyMap<string, Kind> {
  return new Map(kinds.map((kind) => [kind.name, kind]));
}

/** Files with an error; their documents are not merged, nor is what refers to them. */
function brokenDocuments(findings: readonly Diagnostic[]): ReadonlySet<string> {
  const places = findings
    .filter(({ severity }) => severity === 'error')
    .flatMap(({ place, related = [] }) => [place, ...related.map((other) => other.place)]);
  return new Set(places.flatMap((place) => (place === undefined ? [] : [place.file])));
}

function resolveAll(
  order: readonly ResourceDocument[],
  broken: ReadonlySet<string>,
  kinds: ReadonlyMap<string, Kind>,
  index: DocumentIndex,
  fileAt: CheckContext['file'],
): {
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, ResolvedResource>>;
  /** By `Kind/name` of the resource that they are about. */
  readonly findings: ReadonlyMap<string, readonly Diagnostic[]>;
} {
  const resolved = new Map<string, Map<string, ResolvedResource>>(
    [...kinds.keys()].map((kind) => [kind, new Map()]),
  );
  const findings = new Map<string, readonly Diagnostic[]>();
  const context = { kinds, index, resolved: resource, withOrigins: new Set<ResolvedResource>() };
  for (const document of order) {
    const kind = kinds.get(document.identity.kind);
    const whole =
      !broken.has(document.file) &&
      kind?.references(document).every((reference) => resource(reference.kind, reference.name) !== undefined);
    if (kind === undefined || whole !== true) {
      continue;
    }
    const { resource: merged, warnings } = resolveDocument(document, kind, context);
    resolved.get(kind.name)?.set(document.identity.name, merged);
    const found = [...warnings, ...(kind.check?.(merged, document, { file: fileAt, resource }) ?? [])];
    if (found.length > 0) {
      findings.set(identityText(document.identity), found);
    }
  }
  const sorted = [...resolved].map(
    ([kind, ofKind]) =>
      [kind, new Map([...ofKind].sort(([left], [right]) => compareCodePoints(left, right)))] as const,
  );
  return { resources: new Map(sorted), findings };

  function resource(kind: string, name: string): ResolvedResource | undefined {
    return resolved.get(kind)?.get(name);
  }
}

/** The resource of the kind that has one document a repository, named by its file. */
function repositoryPolicy(
  kinds: readonly Kind[],
  resources: ReadonlyMap<string, ReadonlyMap<string, ResolvedResource>>,
  files: readonly string[],
): { readonly repository: ResolvedResource; readonly warnings: readonly Diagnostic[] } {
  const kind = kinds.find(({ folder }) => folder.endsWith('.yaml'));
  if (kind === undefined) {
    throw new TypeError('no kind describes the repository itself');
  }
  const [written] = resources.get(kind.name)?.values() ?? [];
  const present = files.includes(kind.folder);
  return {
    repository: written ?? resolveDefaults(kind, 'default'),
    warnings: present ? [] : [noPolicy(kind)],
  };
}

function noPolicy(kind: Kind): Diagnostic {
  return {
    code: 'SK1117',
    severity: 'warning',
    message: `this repository has no ${kind.folder}; the defaults hold`,
    hint: 'run sandkiln init to write one',
    place: { file: kind.folder },
  };
}
