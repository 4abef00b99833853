import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { diagnosticsText } from '../render/diagnostics.ts';
import { jsonText } from '../render/json-text.ts';
import { verificationText } from '../render/verification-text.ts';
import { reportDiagnostics } from '../report.ts';
import { verifyFound } from '../verify-found.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'verify',
  summary: 'check every signature, digest and reference of the catalog',
  argumentsText: '',
  options: {
    ref: {
      type: 'string',
      value: 'REV',
      help: 'catalog of this commit; default HEAD, or the tip of catalog.branch',
    },
    artifacts: {
      type: 'boolean',
      help: 'read and compare every artifact, SBOM and log in the store as well',
    },
    full: { type: 'boolean', help: 'walk the whole history, whatever was verified before' },
  },
  arguments: { least: 0, most: 0 },
  outputs: ['json', 'sarif', 'github', 'gitlab', 'junit'],
  details: [
    [
      'Trust starts from the digest of trust/1.json in SANDKILN_TRUST_PIN or trustPin of the host configuration; without it',
      'the result says unpinned. Exits with 6 where something does not hold.',
    ].join(' '),
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      const verified = await verifyFound(workspace, {
        revision: invocation.text('ref'),
        artifacts: invocation.flag('artifacts'),
        full: invocation.flag('full'),
      });
      if (!verified.ok) {
        return failWith(invocation, verified.diagnostics);
      }
      const { findings, summary } = verified.value;
      if (invocation.output === 'json') {
        invocation.stdout(jsonText({ formatVersion: 1, ...summary, findings }));
      } else if (invocation.output === 'text') {
        invocation.stderr(diagnosticsText(findings, { color: invocation.color }));
        invocation.stdout(verificationText(summary));
      } else {
        await reportDiagnostics(invocation, findings);
      }
      return summary.sound ? exitCodes.ok : exitCodes.verificationFailed;
    }),
};
