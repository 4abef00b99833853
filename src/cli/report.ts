import type { Diagnostic } from '../model/diagnostic.ts';
import type { Invocation } from './command.ts';
import { diagnosticsText } from './render/diagnostics.ts';
import { engineVersion } from './version.ts';

/** Shows findings in the form that was asked for: text on stderr, forms for machines on stdout. */
export async function reportDiagnostics(
  invocation: Invocation,
  diagnostics: readonly Diagnostic[],
): Promise<void> {
  switch (invocation.output) {
    case 'json':
      invocation.stdout((await import('./render/diagnostics-json.ts')).diagnosticsJson(diagnostics));
      return;
    case 'sarif':
      invocation.stdout((await import('./render/sarif.ts')).diagnosticsSarif(diagnostics, engineVersion()));
      return;
    case 'github':
      invocation.stdout((await import('./render/github-annotations.ts')).githubAnnotations(diagnostics));
      return;
    case 'gitlab':
      invocation.stdout((await import('./render/gitlab-code-quality.ts')).gitlabCodeQuality(diagnostics));
      return;
    case 'junit':
      invocation.stdout((await import('./render/junit.ts')).diagnosticsJunit(diagnostics));
      return;
    case 'text':
    case 'markdown':
      invocation.stderr(diagnosticsText(diagnostics, { color: invocation.color }));
      return;
    default:
      invocation.output satisfies never;
  }
}
