import { counted } from '../../model/counted.ts';
import type { Diagnostic, Place } from '../../model/diagnostic.ts';
import { printable } from './printable.ts';

export interface DiagnosticsTextOptions {
  readonly color: boolean;
}

/** Columns of a source line that are shown. */
const shownColumns = 100;

/**
 * Findings as people read them: the finding with file, line and column, the source line with a marker under the
 * place, what to do, and other places that belong to it. Ends with a summary. Empty for no findings.
 */
export function diagnosticsText(diagnostics: readonly Diagnostic[], options: DiagnosticsTextOptions): string {
  if (diagnostics.length === 0) {
    return '';
  }
  const blocks = diagnostics.map((diagnostic) => `${diagnosticText(diagnostic, options)}\n`);
  return `${blocks.join('\n')}\n${diagnosticsSummary(diagnostics)}\n`;
}

/** `2 errors, 1 warning`. */
function diagnosticsSummary(diagnostics: readonly Diagnostic[]): string {
  const count = (severity: Diagnostic['severity']) =>
    diagnostics.filter((other) => other.severity === severity).length;
  const notes = count('note');
  return [
    counted(count('error'), 'error'),
    counted(count('warning'), 'warning'),
    ...(notes === 0 ? [] : [counted(notes, 'note')]),
  ].join(', ');
}

/** `specs/images/x.yaml:12:5`, as far as the place is known. */
export function placeText({ file, start }: Place): string {
  return printable(start === undefined ? file : `${file}:${start.line}:${start.column}`);
}

function diagnosticText(diagnostic: Diagnostic, { color }: DiagnosticsTextOptions): string {
  const paint = color ? painted : plain;
  const { severity, code, message, hint, place, related = [] } = diagnostic;
  const where = place === undefined ? '' : `${paint('bold', placeText(place))}: `;
  return [
    `${paint(severity, `${severity} ${code}`)} ${where}${printable(message)}`,
    ...(place === undefined ? [] : sourceLines(place, severity, paint)),
    `  ${paint('dim', 'hint:')} ${printable(hint)}`,
    ...related.flatMap((other) => [
      `  ${paint('dim', 'see:')} ${placeText(other.place)}: ${printable(other.message)}`,
      ...sourceLines(other.place, 'note', paint),
    ]),
  ].join('\n');
}

/** The source line, cut around the place where it is long, and the marker. */
function sourceLines(place: Place, severity: Diagnostic['severity'], paint: Paint): readonly string[] {
  const { start, end, sourceLine } = place;
  if (start === undefined || sourceLine === undefined) {
    return [];
  }
  const from = start.column - 1;
  const to =
    end !== undefined && end.line === start.line ? Math.max(end.column - 1, from + 1) : sourceLine.length;
  let before = [...shown(sourceLine.slice(0, from))];
  const marked = [...shown(sourceLine.slice(from, to))];
  let after = [...shown(sourceLine.slice(to))];
  const keptBefore = Math.floor(shownColumns / 2);
  if (before.length + marked.length + after.length > shownColumns && before.length > keptBefore) {
    before = ['…', ...before.slice(-keptBefore)];
  }
  const room = Math.max(shownColumns - before.length, 1);
  const cut = marked.length + after.length > room;
  const shownMarked = marked.slice(0, room);
  after = after.slice(0, room - shownMarked.length);
  const number = String(start.line);
  const marker = `^${'~'.repeat(Math.max(shownMarked.length - 1, 0))}`;
  return [
    `  ${paint('dim', `${number} |`)} ${[...before, ...shownMarked, ...after].join('').trimEnd()}${cut ? '…' : ''}`,
    `  ${paint('dim', `${' '.repeat(number.length)} |`)} ${' '.repeat(before.length)}${paint(severity, marker)}`,
  ];
}

function shown(text: string): string {
  return printable(text.replaceAll('\t', '  '));
}

type Style = Diagnostic['severity'] | 'bold' | 'dim';
type Paint = (style: Style, text: string) => string;

/** Select Graphic Rendition parameters (ECMA-48, section 8.3.117). */
const colors: Readonly<Record<Style, string>> = {
  error: '1;31',
  warning: '1;33',
  note: '1;34',
  bold: '1',
  dim: '2',
};

function painted(style: Style, text: string): string {
  return `\u001b[${colors[style]}m${text}\u001b[0m`;
}

function plain(_style: Style, text: string): string {
  return text;
}
