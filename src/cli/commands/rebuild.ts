import type { Command } from '../command.ts';
import { exitCodes } from '../exit-code.ts';
import { rebuildAndCompare } from '../rebuild-and-compare.ts';
import { jsonText } from '../render/json-text.ts';
import { printable } from '../render/printable.ts';
import { textTable } from '../render/text-table.ts';
import { reportDiagnostics } from '../report.ts';
import { failWith, withWorkspace } from '../with-workspace.ts';

export const command: Command = {
  name: 'rebuild',
  summary: 'build an image again elsewhere and compare it byte for byte',
  argumentsText: 'NAME[@VERSION]',
  options: { check: { type: 'boolean', help: 'compare with the recorded image; nothing is recorded' } },
  arguments: { least: 1, most: 1 },
  outputs: ['json'],
  details: [
    [
      'Builds from the spec of the commit and the package lock that the record names, with the packages of the pool, an',
      'empty cache, other scratch space, umask, time zone and locale. Exits with 6 where something differs, and names the',
      'first file that does.',
    ].join(' '),
  ],
  run: (invocation) =>
    withWorkspace(invocation, async (workspace) => {
      if (!invocation.flag('check')) {
        invocation.stderr('error: sandkiln rebuild needs --check; a change is built by sandkiln reconcile\n');
        return exitCodes.error;
      }
      const [name = ''] = invocation.positionals;
      const compared = await rebuildAndCompare(
        invocation,
        workspace,
        name,
        (diagnostic) => void reportDiagnostics(invocation, [diagnostic]),
      );
      if (!compared.ok) {
        return failWith(invocation, compared.diagnostics);
      }
      const { image, rows, firstDifference } = compared.value;
      const isEqual = rows.every((row) => row.recorded === row.rebuilt);
      if (invocation.output === 'json') {
        invocation.stdout(
          jsonText({ formatVersion: 1, image, equal: isEqual, outputs: rows, firstDifference }),
        );
      } else {
        const table = rows.map((row) => [
          row.recorded === row.rebuilt ? 'equal' : 'DIFFERS',
          row.name,
          row.recorded,
          row.recorded === row.rebuilt ? '' : (row.rebuilt ?? 'not made'),
        ]);
        invocation.stdout(textTable(table));
        if (firstDifference !== null) {
          invocation.stdout(`first difference: ${printable(firstDifference)}\n`);
        }
        invocation.stdout(`rebuild: ${image} ${isEqual ? 'is byte-identical' : 'DIFFERS'}\n`);
      }
      return isEqual ? exitCodes.ok : exitCodes.verificationFailed;
    }),
};
