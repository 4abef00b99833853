import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { compareCodePoints } from '../../model/json.ts';
import { printable } from './printable.ts';

/** Findings as a SARIF 2.1.0 log with one run. Columns count UTF-16 units. */
export function diagnosticsSarif(diagnostics: readonly Diagnostic[], engineVersion: string): string {
  const codes = [...new Set(diagnostics.map(({ code }) => code))].sort(compareCodePoints);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'sandkiln', version: engineVersion, rules: codes.map((id) => ({ id })) } },
        columnKind: 'utf16CodeUnits',
        results: diagnostics.map((diagnostic) => result(diagnostic, codes.indexOf(diagnostic.code))),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function result({ severity, code, message, hint, place, related = [] }: Diagnostic, ruleIndex: number) {
  return {
    ruleId: code,
    ruleIndex,
    level: severity,
    message: { text: `${printable(message)}; ${printable(hint)}` },
    ...(place === undefined ? {} : { locations: [location(place)] }),
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((other, id) => ({
            id,
            ...location(other.place),
            message: { text: printable(other.message) },
          })),
        }),
  };
}

function location({ file, start, end }: Place) {
  const region =
    start === undefined
      ? undefined
      : {
          startLine: start.line,
          startColumn: start.column,
          ...(end === undefined ? {} : { endLine: end.line, endColumn: end.column }),
        };
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      ...(region === undefined ? {} : { region }),
    },
  };
}
