import type { Diagnostic } from '../../model/diagnostic.ts';
import { isJsonObject } from '../../model/json.ts';
import { apiVersion, identityText, type ResourceDocument } from '../../model/resource.ts';
import { suggest } from '../../model/suggest.ts';
import type { Kind } from '../kind.ts';
import type { ParsedDocument } from './parse-document.ts';
import { liesInFolder } from './references.ts';
import type { SchemaCheck } from './schema-check.ts';

/** What could be made of a document. */
export interface ReadDocument {
  /** Absent where kind or name could not be read. */
  readonly document?: ResourceDocument;
  readonly kind?: Kind;
  readonly findings: readonly Diagnostic[];
}

/** A parsed document as a resource, checked against the schema of its kind. Gives SK1101 to SK1110. */
export function readResourceDocument(
  parsed: ParsedDocument,
  kinds: ReadonlyMap<string, Kind>,
  schemaCheckOf: (kind: Kind) => SchemaCheck,
): ReadDocument {
  const { value } = parsed;
  const kind = typeof value['kind'] === 'string' ? kinds.get(value['kind']) : undefined;
  if (value['apiVersion'] !== apiVersion) {
    return { findings: [wrongApiVersion(parsed)] };
  }
  if (kind === undefined) {
    return { findings: [unknownKind(parsed, [...kinds.keys()])] };
  }
  const findings = [...schemaCheckOf(kind)(parsed)];
  const document = resourceDocument(parsed, kind.name);
  if (document !== undefined && !liesInFolder(document.file, kind.folder)) {
    findings.push(wrongFolder(document, kind));
  }
  return document === undefined ? { findings } : { document, kind, findings };
}

function resourceDocument(parsed: ParsedDocument, kind: string): ResourceDocument | undefined {
  const { metadata, spec } = parsed.value;
  const name = isJsonObject(metadata) ? metadata['name'] : undefined;
  if (typeof name !== 'string' || !isJsonObject(metadata)) {
    return undefined;
  }
  return {
    identity: { kind, name },
    file: parsed.file,
    labels: labelsOf(metadata['labels']),
    spec: isJsonObject(spec) ? spec : {},
    placeOf: parsed.placeOf,
  };
}

function labelsOf(labels: unknown): Readonly<Record<string, string>> {
  const kept: Record<string, string> = Object.create(null);
  for (const [key, value] of Object.entries(isJsonObject(labels) ? labels : {})) {
    if (typeof value === 'string') {
      kept[key] = value;
    }
  }
  return kept;
}

function wrongApiVersion(parsed: ParsedDocument): Diagnostic {
  const written = parsed.value['apiVersion'];
  return {
    code: 'SK1101',
    severity: 'error',
    message:
      written === undefined
        ? `${parsed.file} has no apiVersion`
        : `apiVersion ${describe(written)} is not known; this release reads ${apiVersion}`,
    hint: `write apiVersion: ${apiVersion}`,
    place: parsed.placeOf('/apiVersion'),
  };
}

function unknownKind(parsed: ParsedDocument, known: readonly string[]): Diagnostic {
  const written = parsed.value['kind'];
  const meant = typeof written === 'string' ? suggest(written, known) : undefined;
  return {
    code: 'SK1102',
    severity: 'error',
    message: written === undefined ? `${parsed.file} has no kind` : `kind ${describe(written)} is not known`,
    hint: meant === undefined ? `write one of ${known.join(', ')}` : `did you mean ${meant}?`,
    place: parsed.placeOf('/kind'),
  };
}

function wrongFolder(document: ResourceDocument, kind: Kind): Diagnostic {
  const isFile = kind.folder.endsWith('.yaml');
  return {
    code: 'SK1110',
    severity: 'error',
    message: `${identityText(document.identity)} stands in ${document.file}; ${kind.name} documents ${isFile ? `are in ${kind.folder} alone` : `lie below ${kind.folder}/`}`,
    hint: isFile
      ? `move what it says to ${kind.folder}`
      : `move the file below ${kind.folder}/, or correct its kind`,
    place: document.placeOf('/kind'),
  };
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : 'of this type';
}
