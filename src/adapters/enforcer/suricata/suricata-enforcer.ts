import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, notSayable, refusedByProgram, unusableListName } from '../export-problem.ts';
import { cellFiles, readCells } from './cell-files.ts';
import { planCells, rulesOfCells } from './port-cells.ts';

/**
 * A list as rules and datasets for Suricata 8, which drop (or, where Suricata only listens, report) connections of TLS
 * and HTTP whose name the list does not allow at their port. What has no such name is not judged: something that judges
 * packets belongs beside it.
 */
export function createSuricataEnforcer({ processes }: { readonly processes: ProcessRunner }): Enforcer {
  return {
    name: 'suricata',
    abilities: {
      matches: ['host', 'subdomains', 'apexAndSubdomains'],
      ipv6: false,
      ports: true,
      protocols: false,
      expiry: false,
      denials: true,
      maxRules: null,
      atomic: true,
    },
    compile,
    readBack,
    check: (files, context) => checkRules(files, processes, context),
  };
}

/** Revisions of rules have 32 bits. */
const largestRevision = 0xffff_ffff;

function compile(input: EnforcerInput): Result<CompiledList> {
  if (!isPlainListName(input.list)) {
    return failure(unusableListName(input.list));
  }
  if (input.revision > largestRevision) {
    return failure(
      notSayable(
        `revision ${input.revision} of ${input.list} is no revision of a rule, which has 32 bits`,
        'export to another enforcer',
      ),
    );
  }
  const planned = planCells(input);
  return planned.ok
    ? success({ files: cellFiles(input, planned.value.cells), losses: planned.value.losses })
    : planned;
}

function readBack(files: readonly ExportedFile[]): Result<readonly DestinationRule[]> {
  const cells = readCells(files);
  if ('unread' in cells) {
    return failure(notInItsForm(cells.unread));
  }
  const rules = rulesOfCells(cells);
  return 'unread' in rules ? failure(notInItsForm(rules.unread)) : success(rules);
}

async function checkRules(
  files: readonly ExportedFile[],
  processes: ProcessRunner,
  { scratch, timeoutMs, signal }: WorkContext,
): Promise<Result<CheckedBy>> {
  const rules = files.find(({ name }) => name.endsWith('.rules'));
  if (rules === undefined) {
    return failure(notInItsForm('no rules'));
  }
  const settings = join(scratch.path, 'suricata.yaml');
  const empty = join(scratch.path, 'empty.config');
  await Promise.all([
    ...files.map(({ name, bytes }) => writeFile(join(scratch.path, name), bytes)),
    writeFile(empty, ''),
    writeFile(settings, testSettings(JSON.stringify(empty))),
  ]);
  const [tested, version] = await Promise.all([
    processes.run(
      {
        file: 'suricata',
        arguments: ['-T', '-c', settings, '-S', join(scratch.path, rules.name), '-l', scratch.path],
        directory: scratch.path,
      },
      { timeoutMs, signal },
    ),
    processes.run({ file: 'suricata', arguments: ['-V'] }, { timeoutMs, signal }),
  ]);
  return tested.ended === 'exited' && tested.exitCode === 0
    ? success({
        program: 'suricata',
        version: /version (\S+)/.exec(version.stdout.toString())?.[1] ?? 'unknown',
      })
    : failure(
        refusedByProgram(
          'suricata',
          rules.name,
          tested.startError ?? `${tested.stderr}${tested.stdout.toString()}`,
        ),
      );
}

/** The least that Suricata starts with; nothing of this host's own settings. */
function testSettings(empty: string): string {
  return `%YAML 1.1
---
vars:
  address-groups: {}
  port-groups: {}
classification-file: ${empty}
reference-config-file: ${empty}
threshold-file: ${empty}
app-layer:
  protocols:
    tls: { enabled: yes }
    http: { enabled: yes }
`;
}
