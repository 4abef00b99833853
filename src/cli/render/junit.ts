import type { Diagnostic } from '../../model/diagnostic.ts';
import { placeText } from './diagnostics.ts';
import { printable } from './printable.ts';

/** Findings as a JUnit report: an error is a failed case, a warning a passed one with a text, no findings one passed case. */
export function diagnosticsJunit(diagnostics: readonly Diagnostic[]): string {
  const failures = diagnostics.filter(({ severity }) => severity === 'error').length;
  const cases =
    diagnostics.length === 0
      ? ['    <testcase classname="sandkiln" name="desired state"/>']
      : diagnostics.map(testCase);
  const counts = `tests="${cases.length}" failures="${failures}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="sandkiln" ${counts}>`,
    `  <testsuite name="sandkiln" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({ severity, code, message, hint, place }: Diagnostic): string {
  const where = place === undefined ? '' : ` ${placeText(place)}`;
  const text = escapeXml(`${message}; ${hint}`);
  const body =
    severity === 'error'
      ? `<failure type="${code}" message="${escapeXml(message)}">${text}</failure>`
      : `<system-out>${severity} ${text}</system-out>`;
  return `    <testcase classname="${escapeXml(place?.file ?? 'sandkiln')}" name="${escapeXml(`${code}${where}`)}">${body}</testcase>`;
}

function escapeXml(text: string): string {
  return printable(text)
    .replace(/[\ufffe\uffff]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
