import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DestinationRule } from '../../../model/allow-list.ts';
import { failure, type Result, success } from '../../../model/result.ts';
import type { ProcessResult, ProcessRunner } from '../../process/process.ts';
import type { WorkContext } from '../../work-context.ts';
import { askProgram } from '../ask-program.ts';
import type { CheckedBy, CompiledList, Enforcer, EnforcerInput, ExportedFile } from '../enforcer.ts';
import { isPlainListName } from '../export-header.ts';
import { notInItsForm, notSayable, unusableListName } from '../export-problem.ts';
import { cellFiles, isRulesFile, readCells } from './cell-files.ts';
import { isPassedFile } from './passed-files.ts';
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
  context: WorkContext,
): Promise<Result<CheckedBy>> {
  const { scratch } = context;
  const rules = files.find(({ name }) => isRulesFile(name));
  if (rules === undefined) {
    return failure(notInItsForm('no rules'));
  }
  // Loaded together, as who wants the reports does.
  const both = join(scratch.path, 'both.rules');
  const reports = files.find(({ name }) => isPassedFile(name));
  const settings = join(scratch.path, 'suricata.yaml');
  const empty = join(scratch.path, 'empty.config');
  await Promise.all([
    ...files.map(({ name, bytes }) => writeFile(join(scratch.path, name), bytes)),
    writeFile(both, Buffer.concat([rules.bytes, reports?.bytes ?? Buffer.of()])),
    writeFile(empty, ''),
    writeFile(settings, testSettings(JSON.stringify(empty))),
  ]);
  const saidIn = ({ stderr, stdout }: ProcessResult) => `${stderr}${stdout.toString()}`;
  return await askProgram(
    {
      program: 'suricata',
      fileName: rules.name,
      command: {
        file: 'suricata',
        arguments: ['-T', '-c', settings, '-S', both, '-l', scratch.path],
        directory: scratch.path,
      },
      versionArgument: '-V',
      versionPattern: /version (\S+)/,
      saidIn,
      // An item that it cannot read is left out, with an error and exit code 0.
      isContent: (tested) => !/^Error: /m.test(saidIn(tested)),
    },
    processes,
    context,
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
